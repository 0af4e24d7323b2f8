/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probe table as a script for bpftrace.  An event becomes
 *
 *	@ <ns> <cpu> <number> <tid> > <function> <values> ; <comm>
 *
 * with < instead of > for a return.  A CPU numbers its events, so that what bpftrace loses is
 * missed.  Values are what kprobes would record, all of them hexadecimal; those of an argument at
 * a return are kept from the entry.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ui/capture/plan.h"

#define VALUES_MAX	8	/* of an event */

/* "ent=+40($arg1):x64" in its parts. */
struct fetch {
	char name[32];
	char offset[16];	/* "+40"; "" where nothing is followed */
	unsigned argument;	/* 1 ..; 0: what is returned */
	unsigned bits;
};

static const char *next_fetch(const char *at, struct fetch *f)
{
	const char *dollar = strchr(at, '$'), *colon = dollar ? strchr(dollar, ':') : NULL;
	size_t name = strcspn(at, "=");

	if (!colon || name >= sizeof(f->name))
		return NULL;
	*f = (struct fetch){ .bits = (unsigned)strtoul(colon + 2, NULL, 10) };
	snprintf(f->name, sizeof(f->name), "%.*s", (int)name, at);
	at += name + 1;
	if (at < dollar)
		snprintf(f->offset, sizeof(f->offset), "%.*s", (int)(dollar - at - 1), at);
	if (!strncmp(dollar, "$arg", 4))
		f->argument = (unsigned)strtoul(dollar + 4, NULL, 10);
	at = colon + strcspn(colon, " ");
	return at + strspn(at, " ");
}

/* Which argument a return has to be told of; 0: none.  It is one at most. */
static unsigned kept_argument(const struct probe *r)
{
	struct fetch f;
	unsigned kept = 0;

	for (const char *at = r->ret; at && *at && (at = next_fetch(at, &f));)
		kept = f.argument ? f.argument : kept;
	return kept;
}

static void print_value(const struct fetch *f, bool returns, const char *event)
{
	char from[64];

	if (!f->argument)
		snprintf(from, sizeof(from), "retval");
	else if (returns)
		snprintf(from, sizeof(from), "@%s[tid]", event);
	else
		snprintf(from, sizeof(from), "arg%u", f->argument - 1);
	if (*f->offset)
		printf("*(uint%u *)(%s %c %s)", f->bits, from, *f->offset, f->offset + 1);
	else
		printf("(uint%u)%s", f->bits, from);
}

static void print_event(const struct probe *r, const char *name, const char *values, bool returns)
{
	struct fetch f[VALUES_MAX];
	const char *at = values;
	size_t n = 0;

	while (n < VALUES_MAX && *at && (at = next_fetch(at, &f[n])))
		n++;
	printf("\t@n[cpu]++;\n\tprintf(\"@ %%llu %%d %%llu %%d %c %s", returns ? '<' : '>', name);
	for (size_t i = 0; i < n; i++)
		printf(" %s=0x%%llx", f[i].name);
	printf(" ; %%s\\n\",\n\t       nsecs, cpu, @n[cpu], tid");
	for (size_t i = 0; i < n; i++) {
		printf(",\n\t       ");
		print_value(&f[i], returns, r->event);
	}
	puts(", comm);");
}

static void print_probe(const struct plan *p, size_t i)
{
	const struct probe *r = &p->probe[i];
	const char *name = plan_symbol(p, i);
	unsigned kept = kept_argument(r);

	if (!plan_in_release(p, r->since, r->until) || !name || plan_superseded(p, i))
		return;
	putchar('\n');
	if (strcmp(name, r->function))
		printf("// the compiler made %s of it: its arguments may not be the source's\n",
		       name);
	if (r->enter || kept) {
		printf("kprobe:%s\n{\n", name);
		if (kept)
			printf("\t@%s[tid] = arg%u;\n", r->event, kept - 1);
		if (r->enter)
			print_event(r, r->function, r->enter, false);
		puts("}");
	}
	if (r->ret) {
		printf("kretprobe:%s\n{\n", name);
		print_event(r, r->function, r->ret, true);
		if (kept)
			printf("\tdelete(@%s[tid]);\n", r->event);
		puts("}");
	}
}

/* A row that is only for where another's function is missing: without symbols it is not known. */
static bool is_spare(const struct plan *p, size_t i)
{
	return !p->symbols && p->probe[i].instead;
}

void print_bpftrace(const struct plan *p)
{
	puts("// SPDX-License-Identifier: GPL-2.0-only");
	plan_comment(p, "//");
	puts("//\n"
	     "//   bpftrace -o RAW FILE      until ^C, as root; the buffers are larger with\n"
	     "//                             BPFTRACE_PERF_RB_PAGES=4096 before it\n"
	     "//   sort -s -k2,2n RAW >NAME  CPUs are not written in order\n"
	     "//   swapscope import NAME -o NAME.db");
	if (!p->symbols)
		puts("//\n// bpftrace ends where a function is not there: --symbols leaves those "
		     "out.");
	printf("\nBEGIN\n{\n\tprintf(\"# release: ");
	for (const char *c = p->args->kernel.name; *c; c++)
		putchar(isalnum((unsigned char)*c) || strchr("._+-", *c) ? *c : '_');
	puts("\\n\");\n}");
	for (size_t i = 0; i < p->probes; i++)
		if (!is_spare(p, i))
			print_probe(p, i);
	puts("\nEND\n{\n\tclear(@n);");
	for (size_t i = 0; i < p->probes; i++)
		if (plan_in_release(p, p->probe[i].since, p->probe[i].until) &&
		    plan_symbol(p, i) && !is_spare(p, i) && !plan_superseded(p, i) &&
		    kept_argument(&p->probe[i]))
			printf("\tclear(@%s);\n", p->probe[i].event);
	puts("}");
}

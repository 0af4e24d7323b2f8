/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probes.c - what to feed to the tracefs of a kernel so that its swap path can be imported.
 */
#include <errno.h>
#include <string.h>

#include "ui/capture/plan.h"

extern const char *const record_script;		/* ui/capture/record.sh */

bool plan_in_release(const struct plan *p, unsigned since, unsigned until)
{
	return !p->release || (since <= p->release && p->release <= until);
}

const char *plan_symbol(const struct plan *p, size_t i)
{
	if (!p->symbols)
		return p->probe[i].function;
	return p->symbols->name[i][0] ? p->symbols->name[i] : NULL;
}

bool plan_superseded(const struct plan *p, size_t i)
{
	for (size_t j = 0; p->symbols && p->probe[i].instead && j < p->probes; j++)
		if (!strcmp(p->probe[j].event, p->probe[i].instead) &&
		    plan_in_release(p, p->probe[j].since, p->probe[j].until) && plan_symbol(p, j))
			return true;
	return false;
}

/* ---- the script ---- */

/* A paragraph of comment. */
static void comment(const char *mark, const char *text, int indent)
{
	int x = 0;

	while (*text) {
		int n = (int)strcspn(text, " ");

		if (!x || x + 1 + n > PRINT_WIDTH - 4) {
			x = printf("%s%s%*s%.*s", x ? "\n" : "", mark, x ? indent + 2 : indent,
				   "", n, text);
		} else {
			x += printf(" %.*s", n, text);
		}
		text += n + (text[n] == ' ');
	}
	putchar('\n');
}

void plan_comment(const struct plan *p, const char *mark)
{
	const struct blind_spot *blind;
	char text[512];
	size_t n, missing = 0;

	snprintf(text, sizeof(text),
		 "Linux v%u.%u: what its swap path does, recorded by kprobes for 'swapscope "
		 "import'. Written by: swapscope probes --kernel %s%s%s",
		 p->release / 100, p->release % 100, p->args->kernel.name,
		 p->args->dat ? " --dat" : p->args->bpftrace ? " --bpftrace" : "",
		 p->args->symbols ? " --symbols FILE" : "");
	comment(mark, text, 1);
	puts(mark);
	if (p->verified)
		comment(mark, "Arguments and offsets of fields are those of this release, on 64 "
			"bit: x86-64 and arm64 have $argN.", 1);
	else
		comment(mark, "Arguments and offsets of fields are taken from the releases "
			"around this one, whose own were not read (" PROBES_VERIFIED_TEXT
			" were): look at the first events before you trust the rest.", 1);
	comment(mark, "A pte is decoded as x86-64 has it; on another architecture the slot of a "
		"fault is that of the lookup that follows it (sc_get).", 1);
	printf("%s\n%s Not to be had from a probe:\n", mark, mark);
	blind = blind_spots(&n);
	for (size_t i = 0; i < n; i++) {
		if (!plan_in_release(p, blind[i].since, blind[i].until))
			continue;
		snprintf(text, sizeof(text), "%s: %s", blind[i].where, blind[i].without);
		comment(mark, text, 3);
	}
	for (size_t i = 0; p->symbols && i < p->probes; i++) {
		const struct probe *r = &p->probe[i];

		if (!plan_in_release(p, r->since, r->until) || plan_symbol(p, i) ||
		    plan_superseded(p, i))
			continue;
		if (!missing++)
			printf("%s Not among the symbols of this kernel:\n", mark);
		snprintf(text, sizeof(text), "%s (%s); not known: %s", r->function, r->event,
			 r->without);
		comment(mark, text, 3);
	}
}

static void print_probe(const struct plan *p, size_t i)
{
	const struct probe *r = &p->probe[i];
	const char *name = plan_symbol(p, i);

	if (!plan_in_release(p, r->since, r->until) || !name || plan_superseded(p, i))
		return;
	if (strcmp(name, r->function))
		printf("\t# the compiler made %s of it: its arguments may not be the source's\n",
		       name);
	if (r->instead && !p->symbols)
		printf("\thave %s ||\n\t", r->instead);
	printf("\tprobe %s %s \\\n\t\t'%s' '%s' \\\n\t\t\"%s\"\n", r->event, name,
	       r->enter ? r->enter : "-", r->ret ? r->ret : "-", r->without);
}

/* The frame, with what is particular put in. */
static void print_script(const struct plan *p)
{
	const char *at = record_script, *mark;

	while ((mark = strchr(at, '@'))) {
		size_t n = strcspn(mark + 1, "@\n");

		printf("%.*s", (int)(mark - at), at);
		at = mark + n + 2;
		if (!strncmp(mark, "@HEAD@", 6)) {
			plan_comment(p, "#");
			at += *at == '\n';
		} else if (!strncmp(mark, "@PROBES@", 8)) {
			for (size_t i = 0; i < p->probes; i++)
				print_probe(p, i);
			at += *at == '\n';
		} else if (!strncmp(mark, "@KERNEL@", 8)) {
			fputs(p->args->kernel.name, stdout);
		} else if (!strncmp(mark, "@FORMAT@", 8)) {
			fputs(p->args->dat ? "dat" : "trace", stdout);
		} else {
			putchar('@');
			at = mark + 1;
		}
	}
	fputs(at, stdout);
}

/* ---- the list ---- */

static const char *release_text(unsigned release, char *buf, size_t size)
{
	if (release == RELEASE_LAST)
		snprintf(buf, size, "-");
	else
		snprintf(buf, size, "v%u.%u", release / 100, release % 100);
	return buf;
}

static void print_list(const struct plan *p)
{
	static const char *const need[] = { "needed", "useful", "detail" };
	char since[24], until[24];

	for (size_t i = 0; i < p->probes; i++) {
		const struct probe *r = &p->probe[i];
		const char *name = plan_symbol(p, i);

		if (!plan_in_release(p, r->since, r->until))
			continue;
		printf("%-9s  %-31s  %-5s  %-5s  %s%s\n", r->event, name ? name : r->function,
		       release_text(r->since, since, sizeof(since)),
		       release_text(r->until, until, sizeof(until)), need[r->need],
		       !name ? "  not among the symbols" :
		       plan_superseded(p, i) ? "  not needed here" : "");
		if (r->enter)
			printf("           enter   %s\n", *r->enter ? r->enter : "(nothing more)");
		if (r->ret)
			printf("           return  %s\n", *r->ret ? r->ret : "(nothing more)");
		printf("           tells   ");
		print_wrapped(stdout, PRINT_WIDTH, 19, r->without);
	}
}

/* ---- the command ---- */

static int read_symbols(struct probe_symbols *s, const char *path)
{
	FILE *in = fopen(path, "r");
	int err;

	if (!in)
		return usage_error("probes: --symbols %s: %s", path, strerror(errno));
	err = probe_symbols_read(s, in);
	fclose(in);
	if (err == -ENODATA)
		return usage_error("probes: --symbols %s: no function of the swap path is in it; a "
				   "list like /proc/kallsyms is needed", path);
	return err ? usage_error("probes: --symbols %s: %s", path, strerror(-err)) : EXIT_OK;
}

/*
 * "6.8.0-31-generic", as `uname -r` has it: "6.8".  Which stable release that is says nothing, but
 * what a probe records is the same in all of them.
 */
static const char *first_numbers(const char *name, char *buf, size_t size)
{
	unsigned major, minor;
	struct kernel k;

	if (kernel_named(&k, name, NULL, 0) != -ERANGE ||
	    sscanf(name + (*name == 'v'), "%u.%u", &major, &minor) != 2)
		return name;
	snprintf(buf, size, "%u.%u", major, minor);
	return buf;
}

static int exec_probes(void *args, const struct operands *in)
{
	struct probes_args *a = args;
	struct plan p = { .args = a };
	struct probe_symbols symbols;
	struct kernel_choice choice = { 0 };
	struct kernel k;
	char text[256], release[32];
	int status = EXIT_OK;

	(void)in;
	if (!a->kernel.name && !a->list)
		return usage_error("probes: --kernel NAME is needed, the release to be recorded: "
				   "--kernel 6.8");
	if (a->dat + a->bpftrace + a->list > 1)
		return usage_error("probes: --list excludes --dat and --bpftrace, and they "
				   "each other");
	if (a->kernel.name) {
		choice.name = first_numbers(a->kernel.name, release, sizeof(release));
		status = choose_kernel(&choice, NULL, choice.name, &k, text, sizeof(text));
		p.release = status ? 0 : probes_release(text);
		p.verified = probes_verified(p.release);
	}
	if (!status && a->symbols) {
		status = read_symbols(&symbols, a->symbols);
		p.symbols = &symbols;
	}
	if (status)
		return status;
	p.probe = probes_all(&p.probes);
	if (a->list)
		print_list(&p);
	else if (a->bpftrace)
		print_bpftrace(&p);
	else
		print_script(&p);
	return EXIT_OK;
}

static const struct option_row options[] = {
	VALUE_OPTION(probes_args, "kernel", OPT_KERNEL, kernel, "NAME",
		     "The release to be recorded: 6.8, or what 'uname -r' says there."),
	VALUE_OPTION(probes_args, "symbols", OPT_FILE, symbols, "FILE",
		     "That kernel's /proc/kallsyms: functions are called there as it says, and "
		     "those that it lacks are left out."),
	FLAG_OPTION(probes_args, "dat", dat, "Record with trace-cmd, into a trace.dat."),
	FLAG_OPTION(probes_args, "bpftrace", bpftrace,
		    "Print a script for bpftrace instead; import reads its output."),
	FLAG_OPTION(probes_args, "list", list,
		    "Print no script, but which functions are probed and what each tells."),
	{ 0 },
};

const struct command cmd_probes = {
	.name = "probes",
	.brief = "a script for the kernel to be looked at: it records what import takes",
	.about = "Prints a shell script that sets kprobes on the swap path of a kernel, records "
		 "while a command runs, and removes them; root runs it on that machine. What it "
		 "records 'swapscope import' reads. docs/capture.md says what each probe costs "
		 "and what is lost without it.",
	.option = options,
	.most = 0,
	.needs = "the kernel is given by --kernel",
	.status = { "done", NULL, "wrong usage or input" },
	.example = {
		{ "swapscope probes --kernel 6.12 >probes.sh", "the script for a kernel 6.12" },
		{ "swapscope probes --kernel 6.12 --bpftrace >swap.bt", "the same for bpftrace" },
	},
	.args_size = sizeof(struct probes_args),
	.exec = exec_probes,
};

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Captures of real kernels into a trace file.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "replay/record/record.h"
#include "traces/capture/capture.h"
#include "traces/capture/meta.h"
#include "traces/read/read.h"
#include "traces/write/rows.h"
#include "traces/write/write.h"
#include "ui/capture/progress.h"
#include "ui/command/command.h"
#include "ui/text/stories.h"

#define STRANGE_SHOWN	5	/* lines that are not understood */
#define STRANGE_WIDTH	70
#define KEYFRAME_EVERY	16384	/* the world is large, and most of it at rest */
#define KEY_HOW		"kernel.how"	/* beside what the sidecar says */
#define KEY_MODEL	"model"
#define KEY_HELD	"entries.held"	/* as the capture's head says */
#define KEY_WRITTEN	"entries.written"
#define KEY_TRACER	"tracer"
#define KEY_CLOCK	"clock"		/* the sidecar's, or what the form of its lines says */

struct import_args {
	struct kernel_choice kernel;
	const char *out, *device, *meta;
	char **capture;
	int captures;
	bool plain;			/* a row a transition */
};

/* ---- which kernel, which device ---- */

/* What is known of a capture before it is read. */
struct origin {
	struct capture_meta meta;
	struct kernel kernel;
	bool known;			/* its rules */
	char name[256];			/* "v6.8 load=exclusive" */
	char how[CAPTURE_HOW_MAX];
	const char *device;
};

/* The kernel: as the command line has it, or else as the capture's sidecar does. */
static int find_kernel(const struct import_args *a, struct origin *o)
{
	int r;

	if (a->kernel.name) {
		snprintf(o->how, sizeof(o->how), "as --kernel says");
		o->known = true;
		return choose_kernel(&a->kernel, NULL, NULL, &o->kernel, o->name, sizeof(o->name));
	}
	r = capture_kernel(&o->meta, &o->kernel, o->name, sizeof(o->name), o->how);
	if (r == -EINVAL)
		return usage_error("%s: %s; 'swapscope list kernels' and 'list switches' show them",
				   o->meta.path, o->how);
	o->known = !r;
	if (r && a->kernel.sets)
		return usage_error("--set %s: of which kernel? %s; --kernel NAME does",
				   a->kernel.set[0], o->how);
	return choose_switches(&a->kernel, &o->kernel, o->name, sizeof(o->name));
}

static int add_entries(struct capture_meta *meta, const struct capture_info *info)
{
	char held[24], written[24];

	snprintf(held, sizeof(held), "%llu", (unsigned long long)info->held);
	snprintf(written, sizeof(written), "%llu", (unsigned long long)info->written);
	return capture_meta_add(meta, KEY_HELD, held) ||
	       capture_meta_add(meta, KEY_WRITTEN, written);
}

static int find_origin(const struct import_args *a, const char *path, struct origin *o)
{
	char err[TRACE_ERROR_MAX];
	struct capture_info info;
	const char *device;
	int status;

	if (capture_check(path, &info, err) || capture_meta_read(&o->meta, a->meta, path, err))
		return usage_error("%s", err);
	if (*info.release && capture_meta_add(&o->meta, "release", info.release))
		return usage_error("%s: too many keys", o->meta.path);
	if ((info.held && add_entries(&o->meta, &info)) ||
	    (info.function_tracer && capture_meta_add(&o->meta, KEY_TRACER, "function")))
		return usage_error("%s: too many keys", o->meta.path);
	status = find_kernel(a, o);
	if (status)
		return status;
	device = capture_meta_get(&o->meta, "device");
	if (device && device_named(device) == DEVICE_COUNT && !a->device)
		return usage_error("%s: device = %s: it is one of zram, brd, disk", o->meta.path,
				   device);
	o->device = a->device ? a->device : device ? device : "zram";
	if (capture_meta_add(&o->meta, KEY_HOW, o->how))
		return usage_error("%s: too many keys", o->meta.path);
	return EXIT_OK;
}

/* ---- what is said ---- */

static int say_probe(void *arg, const struct capture_probe *p)
{
	unsigned *n = arg;

	if (p->side == SIDE_ENTER && p->function)
		printf("%s%s %llu", (*n)++ % 5 ? ", " : *n > 1 ? ",\n    " : "    ", p->symbol,
		       (unsigned long long)p->events);
	return 0;
}

static int say_strange(void *arg, uint64_t line, const char *why, const char *text)
{
	unsigned *n = arg;

	if ((*n)++ == STRANGE_SHOWN)
		return 1;
	printf("    line %llu: %s: %.*s\n", (unsigned long long)line, why, STRANGE_WIDTH,
	       text + strspn(text, " \t"));
	return 0;
}

static void say_doubts(const struct capture_info *i)
{
	char n[32], m[32];

	if (i->lost || i->losses)
		printf("  lost by the kernel: %s events in %s places: what comes after is less "
		       "certain\n", i->lost ? grouped(i->lost, n) : "unknown",
		       grouped(i->losses, m));
	if (i->backward)
		printf("  stamps go back in %s places, first at line %llu: the order of the lines "
		       "is taken\n", grouped(i->backward, n),
		       (unsigned long long)i->backward_line);
	if (i->equal)
		printf("  %s events have the stamp of the one before, of another CPU: which was "
		       "first is not known;\n    the clock 'counter' tells\n",
		       grouped(i->equal, n));
	if (i->unreturned || i->no_enter)
		printf("  calls without an end: %s; ends of calls that are not seen to begin: %s\n",
		       grouped(i->unreturned, n), grouped(i->no_enter, m));
	if (i->pte_unknown)
		printf("  the pte of %s faults says no slot (none was probed, or it is not of "
		       "x86-64): their first\n    lookup does\n", grouped(i->pte_unknown, n));
	if (i->pte_differ)
		printf("  in %s faults the first lookup is of another slot than the pte's; the "
		       "lookup is believed\n", grouped(i->pte_differ, n));
	if (i->slots_left_out)
		printf("  %s events are of slots beyond the first %u\n",
		       grouped(i->slots_left_out, n), CAPTURE_SLOTS_MAX);
}

/* What the capture's head says of its length, where that is not what was read. */
static void say_entries(struct trace *t, const struct capture_info *i)
{
	char value[2][CAPTURE_HOW_MAX], n[32], m[32];
	uint64_t held, written, read = i->events + i->not_understood;

	capture_meta_value(t, KEY_HELD, value[0], sizeof(value[0]));
	capture_meta_value(t, KEY_WRITTEN, value[1], sizeof(value[1]));
	held = strtoull(value[0], NULL, 10);
	written = strtoull(value[1], NULL, 10);
	if (held > read)
		printf("  its head says that %s events were in the buffer, %s are here: it is not "
		       "whole\n", grouped(held, n), grouped(read, m));
	if (written > held)
		printf("  %s events were overwritten in the buffer before it was read\n",
		       grouped(written - held, n));
}

/* What a form does not tell, and what would. */
static void say_form(struct trace *t, const struct capture_info *i)
{
	char forms[CAPTURE_HOW_MAX], without[CAPTURE_HOW_MAX], text[2 * CAPTURE_HOW_MAX + 200];

	capture_meta_value(t, CAPTURE_KEY_FORM, forms, sizeof(forms));
	capture_meta_value(t, CAPTURE_KEY_WITHOUT, without, sizeof(without));
	if (!*forms && !*without)
		return;
	if (*without) {
		snprintf(text, sizeof(text), "%s; the slot or the value is not said of %s: these "
			 "events are kept, and nothing is concluded from them; 'swapscope "
			 "probes%s' prints what records them", *forms ? forms : "ftrace", without,
			 strstr(forms, "bpftrace") ? " --bpftrace" : "");
	} else {
		snprintf(text, sizeof(text), "%s", forms);
	}
	printf("  its lines are of ");
	print_wrapped(stdout, PRINT_WIDTH, 4, text);
	if (strstr(forms, "perf") && !i->losses)
		puts("  that perf lost events would be seen only where perf script had "
		     "--show-lost-events");
}

static void say_capture(struct trace *t, const struct capture_info *i)
{
	char how[CAPTURE_HOW_MAX], a[COUNTED_MAX], b[COUNTED_MAX], c[COUNTED_MAX];
	const struct run_info *run = trace_info(t);
	char cpus[COUNTED_MAX], text[STORIES_DATA_TEXT];
	struct stories_data data;
	unsigned n = 0;

	capture_meta_value(t, KEY_HOW, how, sizeof(how));
	printf("%s: run %d\n", i->file, run->id);
	printf("  %s of %s on %s, %s; stamps are %s\n", counted(i->events, "event", a),
	       counted(i->threads, "thread", b), counted(i->cpus, "CPU", cpus),
	       counted(i->slots, "swap slot", c),
	       i->counter ? "a counter" : "times");
	if (*run->switches)
		printf("  kernel: %s, %s; device: %s\n", run->kernel, how, run->device);
	else
		printf("  kernel: not known: %s; --kernel NAME says it\n", how);
	capture_meta_value(t, KEY_MODEL, how, sizeof(how));
	if (*how) {
		printf("  model: ");
		print_wrapped(stdout, PRINT_WIDTH, 9, how);
	}
	stories_data(t, &data);
	printf("  data: ");
	print_wrapped(stdout, PRINT_WIDTH, 8, stories_data_text(&data, text));
	printf("  calls by function:\n");
	capture_probes(t, say_probe, &n);
	puts(n ? "" : "    of none that is known: a line has to name it, "
	     "'(do_swap_page+0x4/0xa30)'");
	capture_meta_value(t, KEY_TRACER, how, sizeof(how));
	if (!strcmp(how, "function"))
		puts("  it is of the tracer function, which tells of a call no slot, no values and "
		     "no return:\n    'swapscope probes' prints what to record instead");
	say_form(t, i);
	capture_meta_value(t, CAPTURE_KEY_FORM, how, sizeof(how));
	printf("  lines: %s, of which %s are comments%s; not understood: %s%s\n",
	       i->finished ? grouped(i->lines, a) : "not read to the end", grouped(i->comments, b),
	       *how ? " or calls of other functions" : "",
	       i->not_understood ? grouped(i->not_understood, c) : "none",
	       i->cut ? "; cut, because they are too long, are some" : "");
	n = 0;
	if (i->not_understood || i->cut)
		capture_strange_lines(t, say_strange, &n);
	say_entries(t, i);
	say_doubts(i);
}

static int say_run(const char *path, int run)
{
	char err[TRACE_ERROR_MAX];
	struct capture_info info;
	struct trace *t;

	if (trace_open(&t, path, run, err))
		return usage_error("%s", err);
	if (!capture_info_read(t, &info)) {
		say_capture(t, &info);
		stories_say(t);
	}
	trace_free(t);
	return EXIT_OK;
}

/* ---- an import ---- */

/* What the model says of it, in a line that the file keeps: "all 6,213 events of .." */
static void say_model(const struct conform_report *r, const struct capture_record *done,
		      bool little, bool without, char *text, size_t size)
{
	const uint64_t due = r->events - r->before;
	char a[32], b[32];
	size_t n;

	if (!r->checked && !r->refuted && !r->gave_up)
		n = (size_t)snprintf(text, size, "nothing of a slot that could be looked at");
	else if (r->refuted)
		n = (size_t)snprintf(text, size, "%s stretches of slots end in an event that is "
				     "%s: 'swapscope check' shows it", grouped(r->refuted, a),
				     little ? "not explained" : "impossible");
	else if (r->gave_up)
		n = (size_t)snprintf(text, size, "%s stretches have too many possible worlds",
				     grouped(r->gave_up, a));
	else
		n = (size_t)snprintf(text, size, r->checked == due && without ?
				     "%s of %s events of slots are a run of it, others do not say "
				     "what they are about" : r->checked == due ?
				     "all %s events of slots are a run of it" :
				     "%s of %s events of slots are a run of it, the others were "
				     "not looked at", grouped(r->checked, a),
				     grouped(due, b));
	if (n < size)
		snprintf(text + n, size - n, "; %s transitions%s%s%s", grouped(done->steps, b),
			 done->findings ? ", and it breaks a property: " : "", done->finding,
			 done->findings > 1 ? " .." : "");
}

/* The run of the model that explains the capture.  An exit status. */
static int explain(struct trace_writer *tw, const char *path, int run, const struct origin *o,
		   const char **verdict)
{
	struct conform_report *rep = calloc(1, sizeof(*rep));
	struct capture_meta said = { .n = 0 };
	struct capture_record done;
	char err[TRACE_ERROR_MAX], text[CAPTURE_HOW_MAX];
	struct trace *t = NULL;
	int r = rep ? rows_commit(tw) : -ENOMEM, status = EXIT_OK;

	if (!r)
		r = trace_open(&t, trace_file(tw), run, err);
	if (!r)
		r = capture_record(tw, t, &o->kernel, device_named(o->device), rep, &done);
	if (!r) {
		capture_meta_value(t, CAPTURE_KEY_WITHOUT, text, sizeof(text));
		say_model(rep, &done, capture_says_little(t), *text, text, sizeof(text));
		*verdict = rep->refuted || rep->gave_up ? "not explained" :
			   rep->checked + rep->before < rep->events ? "explained in part" :
			   "explained";
		capture_meta_add(&said, KEY_MODEL, text);
		r = capture_meta_write(tw, run, &said);
		capture_meta_free(&said);
	}
	if (r)
		status = usage_error("%s: the model's run of it cannot be written: %s", path,
				     *trace_error(tw) ? trace_error(tw) :
				     t && *trace_message(t) ? trace_message(t) : strerror(-r));
	trace_free(t);
	free(rep);
	return status;
}

/* What was found out of its form while it was read goes beside what the sidecar says. */
static void keep_form(struct trace_writer *tw, int run, const struct origin *o,
		      const struct capture_info *info)
{
	struct capture_meta said = { .n = 0 };
	char forms[CAPTURE_TEXT_MAX] = "";
	size_t n = 0;

	for (unsigned form = CAPTURE_GRAPH; form < CAPTURE_FORMS; form++)
		if (info->forms >> form & 1 && n < sizeof(forms))
			n += (size_t)snprintf(forms + n, sizeof(forms) - n, "%s%s", n ? ", " : "",
					      capture_form_name(form));
	if (*forms)
		capture_meta_add(&said, CAPTURE_KEY_FORM, forms);
	if (*info->without)
		capture_meta_add(&said, CAPTURE_KEY_WITHOUT, info->without);
	if (*info->clock && !capture_meta_get(&o->meta, KEY_CLOCK))
		capture_meta_add(&said, KEY_CLOCK, info->clock);
	capture_meta_write(tw, run, &said);
	capture_meta_free(&said);
}

/*
 * *runs is the number of those that hold something, this one perhaps among them: one that is
 * damaged holds what came before that.
 */
static int import_one(struct trace_writer *tw, const struct import_args *a, const char *path,
		      int *runs)
{
	struct capture_info info = { 0 };
	struct origin o = { .known = false };
	char err[TRACE_ERROR_MAX];
	struct import_progress progress = { .name = path };
	int status = find_origin(a, path, &o), run, r;
	const char *verdict = "imported";
	const char *release = capture_meta_get(&o.meta, "release");
	const struct rows_run about = {
		.scenario = "capture", .title = path, .kernel_name = o.name, .device = o.device,
		.k = o.known ? &o.kernel : NULL, .source = "capture",
		.keyframe_every = KEYFRAME_EVERY, .packed = !a->plain,
	};

	if (status) {
		capture_meta_free(&o.meta);
		return status;
	}
	run = rows_begin(tw, &about);
	capture_meta_write(tw, run, &o.meta);
	snprintf(info.release, sizeof(info.release), "%s", release ? release : o.name);
	import_tells(&progress, &info);
	r = run < 0 ? run : capture_import(tw, run, path, &info, err);
	import_phase(&progress, NULL, 0);
	status = r ? usage_error("%s", err) : EXIT_OK;
	if (!r || r == -EBADMSG)
		keep_form(tw, run, &o, &info);
	import_phase(&progress, o.known ? "the model's run" : NULL, info.events);
	if (o.known && (!r || r == -EBADMSG) && explain(tw, a->out, run, &o, &verdict))
		status = EXIT_USAGE;
	capture_meta_free(&o.meta);
	if (rows_end(tw, NULL, r ? "not read to its end" : verdict))
		return usage_error("%s", trace_error(tw));
	if (!r || r == -EBADMSG) {		/* what came before the damage is told too */
		import_phase(&progress, "the stories", info.events);
		r = stories_store(tw, trace_file(tw), run);
		*runs = run;
	}
	import_phase(&progress, NULL, 0);
	return status ? status : r;
}

/* Everything that can be wrong with the input is, if possible, found before the output is made. */
static int check_inputs(const struct import_args *a)
{
	int status = EXIT_OK;

	for (int i = 0; i < a->captures && !status; i++) {
		struct origin *o = calloc(1, sizeof(*o));

		if (!o)
			return usage_error("out of memory");
		status = other_file(a->capture[i], FILE_CAPTURE);
		if (!status)
			status = find_origin(a, a->capture[i], o);
		capture_meta_free(&o->meta);
		free(o);
	}
	return status;
}

static int exec_import(void *args, const struct operands *in)
{
	struct import_args *a = args;
	char err[TRACE_ERROR_MAX];
	struct trace_writer *tw;
	int status, runs = 0, r;

	a->capture = in->word;
	a->captures = in->n;
	if (!a->out)
		return usage_error("import: CAPTURE... -o FILE.db is needed; 'swapscope help "
				   "import' shows how");
	if (a->meta && a->captures > 1)
		return usage_error("import: --meta is about one capture; beside each of several "
				   "belongs its own CAPTURE.meta");
	status = check_inputs(a);
	if (status)
		return status;
	if (trace_create(&tw, a->out, TRACE_WHOLE, err))
		return usage_error("%s", err);
	for (int i = 0; !status && i < a->captures; i++)
		status = import_one(tw, a, a->capture[i], &runs);
	if (!runs) {
		trace_abandon(tw);
		return status;
	}
	r = trace_close(tw);
	if (r)
		return status ? status : usage_error("%s could not be finished: %s", a->out,
						     strerror(-r));
	for (int run = 1; run <= runs; run++)
		say_run(a->out, run);
	return status;
}

static const struct option_row options[] = {
	TRACE_OPTION(import_args, out, "The trace to be written, a run for each capture."),
	KERNEL_OPTIONS(import_args, kernel),
	VALUE_OPTION(import_args, "device", OPT_WORD, device, "zram|brd|disk",
		     "The swap device, where the sidecar does not say it; zram if nothing does."),
	VALUE_OPTION(import_args, "meta", OPT_FILE, meta, "FILE",
		     "The sidecar: what is said of the capture beside it. Without it CAPTURE.meta "
		     "is read where it is there."),
	FLAG_OPTION(import_args, "plain", plain,
		    "Write the run that explains the capture as rows, not in blocks: larger, and "
		    "every SQL tool reads it."),
	{ 0 },
};

const struct command cmd_import = {
	.name = "import",
	.brief = "captures of real kernels (ftrace, perf, bpftrace) into a trace",
	.about = "Reads what ftrace, trace-cmd, perf script or the script of 'probes --bpftrace' "
		 "wrote of a real kernel, plain or compressed (gz, xz, zst, bz2), keeps every "
		 "line, and makes events of swap slots of it, "
		 "the story of its faults, and the run of the model that explains it.\n\nWhich "
		 "kernel it was is taken from --kernel, from the sidecar, or from the capture. "
		 "'swapscope probes' prints the script that records what is needed.",
	.option = options,
	.operand = { { "CAPTURE", WORD_FILE } },
	.least = 1, .most = INT_MAX,
	.needs = "CAPTURE... -o FILE.db is needed",
	.status = { "done", NULL, "wrong usage or input, or a capture is damaged" },
	.example = {
		{ "swapscope import trace.txt -o c.db",
		  "a capture, with its sidecar trace.txt.meta" },
		{ "swapscope import trace.txt -o c.db --kernel v6.8 --set load=exclusive",
		  "of a kernel with one rule changed" },
	},
	.args_size = sizeof(struct import_args),
	.exec = exec_import,
};

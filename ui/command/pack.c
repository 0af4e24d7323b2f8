/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <string.h>

#include "traces/pack/pack.h"
#include "traces/trace.h"
#include "ui/command/command.h"

struct pack_args {
	const char *to;
};

static int convert(const struct pack_args *a, const char *from, bool pack)
{
	char err[TRACE_ERROR_MAX], n[COUNTED_MAX], runs[COUNTED_MAX], before[32], after[32];
	char name[SHOWN_MAX];
	struct pack_result r;

	if (!a->to)
		return usage_error("%s: FILE.db -o OUT.db is needed; 'swapscope help %s' shows how",
				   pack ? "pack" : "unpack", pack ? "pack" : "unpack");
	if (whole_file(pack ? "pack" : "unpack", from))
		return EXIT_USAGE;
	if (trace_pack(from, a->to, pack, &r, err))
		return cannot_open(from, err);
	fprintf(stderr, "saved: %s, %s %s, %s; %s bytes were %s\n", shown(a->to, name),
		counted(r.runs, "run", runs), pack ? "packed" : "unpacked",
		counted(r.events, "transition", n),
		grouped(r.bytes_after, after), grouped(r.bytes_before, before));
	return EXIT_OK;
}

static int exec_pack(void *args, const struct operands *in)
{
	return convert(args, in->word[0], true);
}

static int exec_unpack(void *args, const struct operands *in)
{
	return convert(args, in->word[0], false);
}

static const struct option_row options[] = {
	TRACE_OPTION(pack_args, to, "The trace to be written."),
	{ 0 },
};

const struct command cmd_pack = {
	.name = "pack",
	.brief = "the same trace in blocks: a long run in a tenth of the size, read as it is",
	.about = "Copies a trace with its runs in blocks of transitions. Nothing is lost: "
		 "'swapscope unpack' makes the rows again.",
	.option = options,
	.operand = { { "FILE.db", WORD_FILE } },
	.least = 1, .most = 1,
	.needs = "one file at a time, FILE.db -o OUT.db",
	.status = { "done", NULL, "wrong usage or input" },
	.example = {
		{ "swapscope pack a.db -o small.db", "a long run in a tenth of the size" },
		{ "swapscope sql small.db 'SELECT count(*) FROM event'",
		  "questions work on it as on the original" },
	},
	.args_size = sizeof(struct pack_args),
	.exec = exec_pack,
};

const struct command cmd_unpack = {
	.name = "unpack",
	.brief = "the same trace in rows, which every SQL tool reads",
	.about = "Copies a trace with its runs as one row a transition and one row a changed "
		 "field: what the sqlite3 shell and every library read.",
	.option = options,
	.operand = { { "FILE.db", WORD_FILE } },
	.least = 1, .most = 1,
	.needs = "one file at a time, FILE.db -o OUT.db",
	.status = { "done", NULL, "wrong usage or input" },
	.example = {
		{ "swapscope unpack small.db -o rows.db", "blocks become rows" },
		{ "swapscope sql rows.db '.tables'", "what the file has now" },
	},
	.args_size = sizeof(struct pack_args),
	.exec = exec_unpack,
};

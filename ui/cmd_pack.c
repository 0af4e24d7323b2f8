/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <string.h>

#include "traces/pack.h"
#include "ui/cmd.h"

static int convert(int argc, char **argv, bool pack)
{
	const char *from = NULL, *to = NULL;
	char err[TRACE_ERROR_MAX], n[32], before[32], after[32];
	struct pack_result r;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-o")) {
			if (++i == argc)
				return bad_option(argv[0], ':', "-o");
			to = argv[i];
		} else if (argv[i][0] == '-') {
			return bad_option(argv[0], '?', argv[i]);
		} else if (from) {
			return usage_error("%s: one file at a time; '%s' is too much", argv[0],
					   argv[i]);
		} else {
			from = argv[i];
		}
	}
	if (!from || !to)
		return usage_error("%s: FILE.db -o OUT.db is needed; 'swapscope --help' shows how",
				   argv[0]);
	if (trace_pack(from, to, pack, &r, err))
		return usage_error("%s", err);
	fprintf(stderr, "saved: %s, %u %s %s, %s transitions; %s bytes were %s\n", to, r.runs,
		r.runs == 1 ? "run" : "runs", pack ? "packed" : "unpacked", grouped(r.events, n),
		grouped(r.bytes_after, after), grouped(r.bytes_before, before));
	return EXIT_OK;
}

static int exec_pack(int argc, char **argv)
{
	return convert(argc, argv, true);
}

static int exec_unpack(int argc, char **argv)
{
	return convert(argc, argv, false);
}

const struct command cmd_pack = {
	.name = "pack",
	.args = "FILE.db -o OUT.db",
	.help = "the same trace in blocks, a long run in a tenth of the size; view and sql read it",
	.exec = exec_pack,
};

const struct command cmd_unpack = {
	.name = "unpack",
	.args = "FILE.db -o OUT.db",
	.help = "the same trace in rows, which every SQL tool reads",
	.exec = exec_unpack,
};

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slow_writer FILE: writes a run in a large world a piece at a time, for those who watch it grow
 * (follow.sh).  It goes on until there is a file FILE.stop, breaks a page once there is one
 * FILE.break, and ends its run properly.
 */
#include <unistd.h>

#include "tests/large.h"

#define SCALE	300
#define TASKS	12
#define PIECE	500
#define PAUSE	20000		/* us */

static int asked(const char *path, const char *what)
{
	char name[512];

	snprintf(name, sizeof(name), "%s.%s", path, what);
	return !access(name, F_OK);
}

int main(int argc, char **argv)
{
	char err[TRACE_ERROR_MAX];
	struct trace_writer *tw;
	struct large l = { 0 };

	if (argc != 2 || trace_create(&tw, argv[1], TRACE_REPLACE, err)) {
		fprintf(stderr, "slow_writer: %s\n", argc == 2 ? err : "which file?");
		return 2;
	}
	large_start(&l, tw, SCALE, TASKS, 0, 2048, true);
	while (!asked(argv[1], "stop")) {
		if (!l.bug_at && asked(argv[1], "break"))
			l.bug_at = l.seq;
		for (int i = 0; i < PIECE; i++)
			large_move(&l);
		if (rows_commit(tw))
			large_fail(&l);
		usleep(PAUSE);
	}
	if (rows_end(tw, NULL, "stopped") || trace_close(tw))
		large_fail(&l);
	large_free(&l);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
#include "ui/command/command.h"

const struct command *const commands[] = {
	&cmd_tour, &cmd_present, &cmd_catalog, &cmd_list,
	&cmd_explore, &cmd_matrix, &cmd_why, &cmd_judge, &cmd_verify,
	&cmd_step, &cmd_puzzle, &cmd_run, &cmd_live,
	&cmd_shorten,
	&cmd_probes, &cmd_import, &cmd_check, &cmd_findings, &cmd_stories,
	&cmd_explain,
	&cmd_export,
	&cmd_view, &cmd_sql, &cmd_pack, &cmd_unpack, &cmd_config, &cmd_help, NULL,
	&cmd_view, &cmd_diff, &cmd_sql, &cmd_pack, &cmd_unpack, &cmd_config, &cmd_help, NULL,
	&cmd_view, &cmd_note, &cmd_sql, &cmd_pack, &cmd_unpack, &cmd_config, &cmd_help, NULL,
};

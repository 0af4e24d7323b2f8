/* SPDX-License-Identifier: GPL-2.0-only */
#include <unistd.h>

#include "ui/command/command.h"
#include "ui/config/config.h"

static int exec_config(void *args, const struct operands *in)
{
	struct config c;
	char path[CONFIG_PATH_MAX];
	int status = config_load(&c, in->n ? in->word[0] : NULL);

	(void)args;
	if (status)
		return status;
	config_path(path);
	if (in->n)
		printf("# The settings of %s.\n", in->word[0]);
	else if (!*path)
		puts("# The settings in force; HOME is not set, so there is no file of them.");
	else
		printf("# The settings in force. Those that are not the default %s\n# %s%s\n",
		       access(path, F_OK) ? "would stand in" : "stand in", path,
		       access(path, F_OK) ? ", which is not there." : ".");
	putchar('\n');
	config_print(&c, stdout);
	return EXIT_OK;
}

const struct command cmd_config = {
	.name = "config",
	.brief = "the settings of screens: colours, keys, ASCII, the mouse",
	.about = "Prints the settings in force, as a file that says the same: it can be changed "
		 "and put where it belongs, $XDG_CONFIG_HOME/swapscope/config or "
		 "~/.config/swapscope/config. A line is a setting: theme = colour-blind, colour "
		 "bad = white on red bold, ascii = yes, mouse = no, key F5 = COMMAND; one that "
		 "begins with # is a comment.\n\n"
		 "A file that is wrong is told with the line, and no screen is shown before it is "
		 "right. Where NO_COLOR is set there are no colours, whatever the file says. "
		 "Commands that show no screen do not read it.",
	.operand = { { "FILE", WORD_FILE } },
	.most = 1,
	.needs = "one FILE, or none for the user's own settings",
	.status = { "done", NULL, "the file is wrong or cannot be read" },
	.example = {
		{ "swapscope config >settings", "the settings in force, to be changed" },
		{ "swapscope config settings", "whether that file is right" },
	},
	.exec = exec_config,
};

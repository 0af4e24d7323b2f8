/* SPDX-License-Identifier: GPL-2.0-only */
#include "ui/show/lines.h"

#include <stdio.h>
#include <string.h>

#include "ui/text/text.h"

int show_lines(struct view *v)
{
	char line[PROMPT_MAX];

	while (!v->quit && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		view_command(v, line);
		session_look(v);
		if (*v->message)
			printf("%s\n", v->message);
	}
	return EXIT_OK;
}

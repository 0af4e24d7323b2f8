/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bug.c - a bug of the catalog as a deck: its narration, where it goes wrong, and the repair.
 */
#include <stdlib.h>
#include <string.h>

#include "ui/present/present.h"
#include "ui/text/catalog.h"

char *bug_deck(const struct scenario *s)
{
	const struct bug *b = &s->bug;
	const struct property_info *p = &properties[b->property];
	char commits[COMMITS_MAX], *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fprintf(out, "[deck]\ntitle = %s: %s\n", b->id, b->subject);
	fprintf(out, "\n[beat]\ntitle = %s: %s\n", b->id, b->subject);
	for (unsigned i = 0; i < b->tells; i++)
		fprintf(out, "text = %s\n", b->tell[i]);
	fprintf(out, "scenario = %s\nkernel = %s\nbeside = %s\nproperty = %s\n", s->name,
		b->shows.text, b->beside.text, p->name);
	if (b->property == PROP_LIVELOCK)
		fprintf(out, "must = left: can violate %s\n", p->name);
	else
		fprintf(out, "must = left: violates %s\n", p->name);
	fprintf(out, "must = right: never violates %s\n", p->name);
	fprintf(out, "\n[beat]\ntitle = Where it goes wrong\ntext = %s: %s.\nat = left: finding\n",
		p->name, p->text);
	fprintf(out, "\n[beat]\ntitle = The repair\ntext = %s\ntext = %s\n"
		"text = introduced: %s\ntext = fixed: %s\nat = right: end\n", b->subject,
		commits_text(b, commits), b->introduced, b->fixed);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

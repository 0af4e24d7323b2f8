/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * present.h - a deck on a terminal, as text, as a page, and as a test.
 *
 *	present_open()		all runs of a deck are made, recorded, opened and compared: each
 *				beat is a chapter of the debugger (ui/state/state.h), which opens
 *				where the beat stands
 *	present_check()		is what the beats claim true?
 *	present_plain() ..	the whole deck in print
 *	present_talk()		the deck on a terminal
 *	present_close()
 *
 * Runs are recorded into the file that the user names, or into one of our own that nobody sees: it
 * is removed as soon as it is open, so that two presentations never share one and nothing is left.
 *
 * What is wrong is told in a line (ui/text/text.h), and functions return an exit status.
 */
#ifndef SWAPSCOPE_UI_PRESENT_PRESENT_H
#define SWAPSCOPE_UI_PRESENT_PRESENT_H

#include <stdio.h>

#include "replay/deck/deck.h"
#include "ui/state/state.h"

#define POINT_MAX	24

struct presentation {
	struct deck deck;
	/* of each beat: */
	struct deck_runs *runs;		/* empty where it goes on in those of another */
	struct stand *stand;
	struct chapter *chapter;
	char (*point)[POINT_MAX];	/* what it points at: "slot 0", "W", or "" */
};

/*
 * A deck by name: a shipped one, a file (of a scenario that has a [bug], too), or a bug of the
 * catalog by its ID.  EXIT_OK, or EXIT_USAGE and a message; free with deck_free().
 */
int present_load(struct deck *d, const char *name);

/*
 * Make all of a deck ready.  *p takes the deck, whatever comes of it.  `save` is a trace file that
 * the runs are recorded into, NULL: into none that stays.  EXIT_OK, or EXIT_USAGE and a message,
 * and then *p needs no closing.
 */
int present_open(struct presentation *p, struct deck *d, const char *save);
void present_close(struct presentation *p);

/* The runs in which a beat stands. */
struct deck_runs *present_runs(const struct presentation *p, unsigned beat);

/*
 * Judge every claim.  Those that are not true are told on `out`, each with the command that shows
 * what is.  EXIT_OK, EXIT_VIOLATED where one is false, EXIT_UNKNOWN where one is not known.
 */
struct junit;
int present_check(struct presentation *p, FILE *out, struct junit *junit);

/* What an export takes. */
struct export {
	int rows, cols;		/* of a screen */
	bool notes;		/* the speaker's notes are in it */
};

/* The deck as text: diagrams, and of further beats in the same runs where they stand. */
int present_plain(const struct presentation *p, const struct export *e, FILE *out);

/* The deck as Markdown, or as one HTML page, with the screens. */
int present_markdown(const struct presentation *p, const struct export *e, FILE *out);
int present_html(const struct presentation *p, const struct export *e, FILE *out);

/*
 * The deck on the terminal; and on a second one its notes, which follow the first (talk.h).  Exit
 * statuses; EXIT_SIGNAL when a signal ended it.
 */
int present_talk(const struct presentation *p);
int present_notes(const struct deck *d);

/* The screen of a beat, without its text.  0 or a negative errno; free with grid_free(). */
int present_screen(const struct presentation *p, unsigned beat, const struct export *e,
		   struct grid *g);

/* The text of a deck about a bug: its narration, where it goes wrong, the repair.  malloced. */
char *bug_deck(const struct scenario *s);

#endif

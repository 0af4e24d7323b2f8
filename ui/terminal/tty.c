/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tty.c - the terminal, by way of ncurses.
 *
 * What a style looks like is decided here and nowhere else.  With colours, they are such
 * that they can be read on a dark and on a light background; without (NO_COLOR, or a
 * monochrome terminal), attributes do it.  The marks in the text are enough in any case.
 */
#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "ui/terminal/tty.h"

/* Colours where there are 8 of them and where there are 256; attributes with and without. */
static const struct look {
	short few, few_back, many, many_back;
	attr_t with, without;
} looks[STYLE_COUNT] = {
	[STYLE_PLAIN]	= { -1, -1, -1, -1, A_NORMAL, A_NORMAL },
	[STYLE_DIM]	= { -1, -1, 244, -1, A_NORMAL, A_DIM },
	[STYLE_TITLE]	= { -1, -1, -1, -1, A_BOLD, A_BOLD },
	[STYLE_BAR]	= { COLOR_WHITE, COLOR_BLUE, 255, 24, A_NORMAL, A_REVERSE },
	[STYLE_CURSOR]	= { -1, -1, -1, -1, A_REVERSE | A_BOLD, A_REVERSE | A_BOLD },
	[STYLE_CHANGED]	= { COLOR_YELLOW, -1, 172, -1, A_BOLD, A_UNDERLINE },
	[STYLE_BAD]	= { COLOR_WHITE, COLOR_RED, 231, 160, A_BOLD, A_BOLD | A_REVERSE },
	[STYLE_GOOD]	= { COLOR_GREEN, -1, 34, -1, A_NORMAL, A_NORMAL },
	[STYLE_OWNER]	= { COLOR_CYAN, -1, 32, -1, A_BOLD, A_BOLD },
	[STYLE_DIFF]	= { COLOR_MAGENTA, -1, 133, -1, A_BOLD, A_UNDERLINE },
	[STYLE_RISK]	= { COLOR_YELLOW, -1, 208, -1, A_BOLD, A_BOLD },
	[STYLE_SELECTED] = { -1, -1, -1, -1, A_REVERSE, A_REVERSE },
	[STYLE_POINT]	= { COLOR_BLACK, COLOR_YELLOW, 16, 221, A_BOLD, A_BOLD | A_UNDERLINE },
};

static SCREEN *screen;
static struct termios saved;
static struct grid painted;	/* what the terminal shows */
static bool colours;

/* ---- taking and giving back ---- */

static void set_up_colours(void)
{
	const char *no_color = getenv("NO_COLOR");

	colours = has_colors() && !(no_color && *no_color) && start_color() == OK &&
		  use_default_colors() == OK && COLORS >= 8;
	for (int i = 0; colours && i < STYLE_COUNT; i++)
		init_pair((short)(i + 1), COLORS >= 256 ? looks[i].many : looks[i].few,
			  COLORS >= 256 ? looks[i].many_back : looks[i].few_back);
}

/* What terminals send in their other cursor key mode, or in spite of their description. */
static const struct sequence {
	const char *text;
	int code;
} sequences[] = {
	{ "\033[A", KEY_UP }, { "\033[B", KEY_DOWN }, { "\033[C", KEY_RIGHT },
	{ "\033[D", KEY_LEFT }, { "\033OA", KEY_UP }, { "\033OB", KEY_DOWN },
	{ "\033OC", KEY_RIGHT }, { "\033OD", KEY_LEFT }, { "\033[H", KEY_HOME },
	{ "\033[F", KEY_END }, { "\033OH", KEY_HOME }, { "\033OF", KEY_END },
	{ "\033[1~", KEY_HOME }, { "\033[4~", KEY_END },
};

int tty_check(void)
{
	const char *term = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return -ENOTTY;
	return term && *term && strcmp(term, "dumb") ? 0 : -ENOTSUP;
}

int tty_open(void)
{
	int err = tty_check();

	if (screen)
		return 0;
	if (err)
		return err;
	if (tcgetattr(STDIN_FILENO, &saved))
		return -ENOTTY;
	setlocale(LC_CTYPE, "");
	set_escdelay(25);
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return -ENOTSUP;
	if (!tigetstr("cup") || tigetstr("cup") == (char *)-1) {
		tty_close();
		return -ENOTSUP;
	}
	set_up_colours();
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++)
		define_key(sequences[i].text, sequences[i].code);
	nodelay(stdscr, TRUE);
	curs_set(0);
	return 0;
}

void tty_close(void)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
	grid_free(&painted);
	tcsetattr(STDIN_FILENO, TCSANOW, &saved);
}

void tty_suspend(void)
{
	if (screen)
		endwin();
}

void tty_resume(void)
{
	if (!screen)
		return;
	grid_free(&painted);	/* everything is to be drawn again */
	clearok(curscr, TRUE);
	refresh();
	curs_set(0);
}

bool tty_utf8(void)
{
	setlocale(LC_CTYPE, "");
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

void tty_size(int *rows, int *cols)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col) {
		*rows = size.ws_row;
		*cols = size.ws_col;
	} else {
		*rows = screen ? LINES : 24;
		*cols = screen ? COLS : 80;
	}
	if (screen && (*rows != LINES || *cols != COLS))
		resizeterm(*rows, *cols);
}

/* ---- painting ---- */

static void paint_cell(int y, int x, const struct cell *cell)
{
	enum style style = cell->style < STYLE_COUNT ? cell->style : STYLE_PLAIN;

	attr_set(colours ? looks[style].with : looks[style].without,
		 (short)(colours ? style + 1 : 0), NULL);
	mvaddstr(y, x, cell->ch);
}

void tty_paint(const struct grid *g)
{
	bool fresh = painted.rows != g->rows || painted.cols != g->cols;

	if (!screen)
		return;
	if (fresh) {
		grid_free(&painted);
		if (grid_init(&painted, g->rows, g->cols))
			painted = (struct grid){ 0 };
		erase();
		clearok(stdscr, TRUE);
	}
	for (int y = 0; y < g->rows && y < LINES; y++) {
		for (int x = 0; x < g->cols && x < COLS; x++) {
			size_t i = (size_t)y * (size_t)g->cols + (size_t)x;

			if (!fresh && !memcmp(&painted.cell[i], &g->cell[i], sizeof(g->cell[i])))
				continue;
			paint_cell(y, x, &g->cell[i]);
			if (painted.cell)
				painted.cell[i] = g->cell[i];
		}
	}
	refresh();
}

/* ---- keys ---- */

static const struct key_name {
	int code;
	const char *name;
} key_names[] = {
	{ KEY_RIGHT, "right" }, { KEY_LEFT, "left" }, { KEY_UP, "up" }, { KEY_DOWN, "down" },
	{ KEY_HOME, "home" }, { KEY_END, "end" }, { KEY_NPAGE, "pgdn" }, { KEY_PPAGE, "pgup" },
	{ KEY_BACKSPACE, "backspace" }, { 127, "backspace" }, { '\b', "backspace" },
	{ KEY_ENTER, "enter" }, { '\r', "enter" }, { '\n', "enter" }, { '\t', "tab" },
	{ KEY_BTAB, "backtab" }, { 27, "esc" }, { ' ', "space" }, { KEY_DC, "delete" },
	{ KEY_F(1), "F1" },
};

const char *tty_key(void)
{
	static char one[8];
	int ch = screen ? getch() : ERR;

	if (ch == ERR)
		return NULL;
	for (size_t i = 0; i < sizeof(key_names) / sizeof(key_names[0]); i++)
		if (key_names[i].code == ch)
			return key_names[i].name;
	if (ch > ' ' && ch < 127) {
		one[0] = (char)ch;
		one[1] = '\0';
		return one;
	}
	return ch == KEY_RESIZE ? "" : "that key";
}

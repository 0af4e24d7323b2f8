/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tty.c - a grid on the terminal, by way of ncurses.
 *
 * ncurses knows what the terminal understands and how a screen becomes another with few bytes.
 * It paints into a file in memory, and port.c writes that: a terminal that does not take it
 * keeps nobody waiting.  Keys are not its business (keys.c).
 */
#define _GNU_SOURCE		/* memfd_create() */
#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

#include "ui/terminal/keys.h"
#include "ui/terminal/port.h"
#include "ui/terminal/tty.h"

static SCREEN *screen;
static FILE *canvas;		/* what ncurses wrote and the terminal has not been sent */
static struct grid painted;	/* what the terminal shows */
static bool colours, wide;
static struct keys keys;
static struct tty_settings settings;
static bool settings_given;
static char modes_on[128], modes_off[128];	/* that are not ncurses': keypad, paste, mouse */

void tty_use(const struct tty_settings *s)
{
	settings = *s;
	settings_given = true;
}

static const struct tty_settings *in_force(void)
{
	if (!settings_given)
		tty_use(&(struct tty_settings){ .theme = *theme_at(0), .mouse = true });
	return &settings;
}

/* ---- what the terminal has ---- */

/* A string of its description; "" where it has none. */
static const char *capability(const char *name)
{
	const char *s = tigetstr(name);

	return s && s != (const char *)-1 ? s : "";
}

/* Appended to a text of `size` bytes, but for what tells a terminal of 1978 to wait, "$<5>". */
static void add_text(char *to, size_t size, const char *s)
{
	size_t n = strlen(to);

	while (*s && n + 1 < size) {
		const char *end = !strncmp(s, "$<", 2) ? strchr(s, '>') : NULL;

		if (end)
			s = end + 1;
		else
			to[n++] = *s++;
	}
	to[n] = '\0';
}

/* Does it understand xterm's way of setting modes?  Those with a mouse do. */
static bool like_xterm(void)
{
	return *capability("kmous") != '\0';
}

static void prepare_modes(bool mouse)
{
	*modes_on = *modes_off = '\0';
	add_text(modes_on, sizeof(modes_on), capability("smkx"));
	if (like_xterm()) {
		add_text(modes_on, sizeof(modes_on), "\033[?2004h");
		if (mouse)
			add_text(modes_on, sizeof(modes_on), "\033[?1000h\033[?1006h");
		if (mouse)
			add_text(modes_off, sizeof(modes_off), "\033[?1006l\033[?1000l");
		add_text(modes_off, sizeof(modes_off), "\033[?2004l");
	}
	add_text(modes_off, sizeof(modes_off), capability("rmkx"));
}

/* What was typed ahead on the screen before is this one's. */
static void prepare_keys(void)
{
	static const struct { const char *capability, *name; } known[] = {
		{ "kcuu1", "up" }, { "kcud1", "down" }, { "kcub1", "left" }, { "kcuf1", "right" },
		{ "khome", "home" }, { "kend", "end" }, { "kpp", "pgup" }, { "knp", "pgdn" },
		{ "kdch1", "delete" }, { "kich1", "insert" }, { "kcbt", "backtab" },
		{ "kent", "enter" }, { "kbs", "backspace" }, { "kf1", "F1" }, { "kf2", "F2" },
		{ "kf3", "F3" }, { "kf4", "F4" }, { "kf5", "F5" }, { "kf6", "F6" },
		{ "kf7", "F7" }, { "kf8", "F8" }, { "kf9", "F9" }, { "kf10", "F10" },
		{ "kf11", "F11" }, { "kf12", "F12" },
	};
	char ahead[KEYS_INPUT];
	size_t n;

	n = keys.n;
	memcpy(ahead, keys.in, n);
	keys_init(&keys);
	keys_feed(&keys, ahead, n);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		keys_define(&keys, capability(known[i].capability), known[i].name);
}

static void set_up_colours(void)
{
	const struct theme *t = &in_force()->theme;
	const char *no_color = getenv("NO_COLOR");

	colours = has_colors() && !t->mono && !(no_color && *no_color) && start_color() == OK &&
		  use_default_colors() == OK && COLORS >= 8;
	for (int i = 0; colours && i < STYLE_COUNT; i++) {
		const struct look *l = &t->look[i];
		bool all = COLORS >= 256 || (l->many < COLORS && l->many_back < COLORS);

		init_pair((short)(i + 1), all ? l->many : l->few,
			  all ? l->many_back : l->few_back);
	}
}

static attr_t attributes_of(enum style style)
{
	const struct look *l = &in_force()->theme.look[style];
	unsigned bits = colours || in_force()->theme.mono ? l->attributes : l->mono;

	return (bits & LOOK_BOLD ? A_BOLD : 0) | (bits & LOOK_DIM ? A_DIM : 0) |
	       (bits & LOOK_UNDERLINE ? A_UNDERLINE : 0) | (bits & LOOK_REVERSE ? A_REVERSE : 0);
}

/* ---- taking and giving back ---- */

int tty_check(void)
{
	const char *term = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return -ENOTTY;
	return term && *term && strcmp(term, "dumb") ? 0 : -ENOTSUP;
}

/* What ncurses painted goes to the terminal. */
static void send_canvas(void)
{
	char bytes[4096];
	off_t at = 0;
	ssize_t n;

	if (!canvas)
		return;
	fflush(canvas);
	while ((n = pread(fileno(canvas), bytes, sizeof(bytes), at)) > 0) {
		port_send(bytes, (size_t)n);
		at += n;
	}
	if (!ftruncate(fileno(canvas), 0))
		lseek(fileno(canvas), 0, SEEK_SET);
}

static void end_ncurses(void)
{
	if (screen)
		delscreen(screen);
	screen = NULL;
	if (canvas)
		fclose(canvas);
	canvas = NULL;
}

/* A screen of the size that the terminal has now: ncurses cannot ask a file in memory. */
static SCREEN *new_screen(void)
{
	int rows, cols, known;
	SCREEN *new = NULL;
	char text[32];

	tty_size(&rows, &cols);
	snprintf(text, sizeof(text), "%d", rows);
	setenv("LINES", text, 1);
	snprintf(text, sizeof(text), "%d", cols);
	setenv("COLUMNS", text, 1);
	/* asked first: newterm() loses memory over a terminal that it does not know */
	if (setupterm(NULL, fileno(canvas), &known) == OK) {
		del_curterm(cur_term);
		new = newterm(NULL, canvas, stdin);
	}
	unsetenv("LINES");
	unsetenv("COLUMNS");
	return new;
}

static int start_ncurses(void)
{
	int fd = memfd_create("swapscope-screen", MFD_CLOEXEC);

	canvas = fd < 0 ? NULL : fdopen(fd, "w+");
	if (!canvas) {
		if (fd >= 0)
			close(fd);
		return -ENOMEM;
	}
	screen = new_screen();
	if (!screen || !*capability("cup")) {
		end_ncurses();
		return -ENOTSUP;
	}
	typeahead(-1);
	set_up_colours();
	nonl();
	curs_set(0);
	return 0;
}

int tty_open(bool mouse)
{
	static const char *const goodbye[] = { "sgr0", "op", "cnorm", "rmcup" };
	char text[GOODBYE_MAX] = "";
	int err = tty_check();

	if (screen)
		return 0;
	if (err)
		return err;
	setlocale(LC_CTYPE, "");
	wide = !strcmp(nl_langinfo(CODESET), "UTF-8");
	err = start_ncurses();
	if (err)
		return err;
	prepare_modes(mouse && in_force()->mouse);
	prepare_keys();
	add_text(text, sizeof(text), modes_off);
	for (size_t i = 0; i < sizeof(goodbye) / sizeof(goodbye[0]); i++)
		add_text(text, sizeof(text), capability(goodbye[i]));
	err = port_open(text, strlen(text));
	if (err) {
		end_ncurses();
		return err;
	}
	port_send(modes_on, strlen(modes_on));
	return 0;
}

void tty_suspend(void)
{
	if (!screen)
		return;
	port_send(modes_off, strlen(modes_off));
	endwin();
	send_canvas();
	port_release();
}

void tty_close(void)
{
	if (!screen)
		return;
	tty_read();
	tty_suspend();
	port_close();
	end_ncurses();
	grid_free(&painted);
}

void tty_resume(void)
{
	if (!screen)
		return;
	port_take();
	port_send(modes_on, strlen(modes_on));
	clearok(curscr, TRUE);
	refresh();
	curs_set(0);
	send_canvas();
	tty_redraw();
}

bool tty_utf8(void)
{
	setlocale(LC_CTYPE, "");
	return !in_force()->ascii && !strcmp(nl_langinfo(CODESET), "UTF-8");
}

void tty_size(int *rows, int *cols)
{
	char region[64] = "";
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col) {
		*rows = size.ws_row < TTY_ROWS ? size.ws_row : TTY_ROWS;
		*cols = size.ws_col < TTY_COLS ? size.ws_col : TTY_COLS;
	} else {
		*rows = screen ? LINES : 24;
		*cols = screen ? COLS : 80;
	}
	if (!screen || (*rows == LINES && *cols == COLS))
		return;
	resizeterm(*rows, *cols);
	/* lines below what was the last one can be written like others */
	if (*capability("csr"))
		add_text(region, sizeof(region), tparm(capability("csr"), 0, *rows - 1));
	port_send(region, strlen(region));
	tty_redraw();
}

/* ---- painting ---- */

/* As this locale can write it; "?" where ncurses would think it narrower or wider. */
static const char *writable(const struct cell *cell, bool is_wide)
{
	wchar_t text[sizeof(cell->ch)];
	size_t n;

	if (!(cell->ch[0] & 0x80) && !cell->ch[1])
		return cell->ch;
	n = wide ? mbstowcs(text, cell->ch, sizeof(text) / sizeof(text[0])) : 0;
	if (!n || n == (size_t)-1 || wcwidth(text[0]) != (is_wide ? 2 : 1))
		return is_wide ? "? " : "?";
	return cell->ch;
}

static void paint_cell(int y, int x, const struct cell *cell, bool is_wide)
{
	enum style style = cell->style < STYLE_COUNT ? cell->style : STYLE_PLAIN;

	attr_set(attributes_of(style), (short)(colours ? style + 1 : 0), NULL);
	mvaddstr(y, x, writable(cell, is_wide));
}

void tty_redraw(void)
{
	grid_free(&painted);
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
			const struct cell *cell = &g->cell[i];

			if (!fresh && !memcmp(&painted.cell[i], cell, sizeof(*cell)))
				continue;
			if (cell->ch[0])	/* or the half of one */
				paint_cell(y, x, cell, x + 1 < g->cols && !cell[1].ch[0]);
			if (painted.cell)
				painted.cell[i] = *cell;
		}
	}
	refresh();
	send_canvas();
}

int tty_flush(void)
{
	return screen ? port_flush() : 0;
}

/* ---- keys ---- */

int tty_read(void)
{
	char bytes[KEYS_INPUT];
	ssize_t n = 0;

	if (screen && keys.n < sizeof(keys.in))
		n = port_read(bytes, sizeof(keys.in) - keys.n);
	if (n > 0)
		keys_feed(&keys, bytes, (size_t)n);
	return (int)n;
}

const char *tty_key(bool late)
{
	return screen ? keys_next(&keys, late) : NULL;
}

unsigned tty_wait(void)
{
	return screen ? keys_wait(&keys) : 0;
}

/* ---- the clipboard ---- */

static char *base64(const char *text, size_t n, const char *before, const char *behind)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *out = malloc(strlen(before) + (n + 2) / 3 * 4 + strlen(behind) + 1), *to = out;

	if (!out)
		return NULL;
	to = stpcpy(to, before);
	for (size_t i = 0; i < n; i += 3) {
		unsigned long bits = 0;

		for (size_t j = 0; j < 3; j++)
			bits = bits << 8 | (i + j < n ? (unsigned char)text[i + j] : 0);
		for (size_t j = 0; j < 4; j++)
			*to++ = i + j <= n ? digits[bits >> (18 - 6 * j) & 63] : '=';
	}
	strcpy(to, behind);
	return out;
}

/* GNU screen hands on what stands in a string of its own, which has at most 768 bytes. */
static int send_through_screen(const char *s)
{
	const size_t most = 512;
	int err = 0;

	for (size_t n = strlen(s); n && !err; n -= n < most ? n : most) {
		err = port_send("\033P", 2);
		err = err ? err : port_send(s, n < most ? n : most);
		err = err ? err : port_send("\033\\", 2);
		s += n < most ? n : most;
	}
	return err;
}

int tty_copy(const char *text)
{
	size_t n = strlen(text);
	char *sequence;
	int err;

	if (!screen || !like_xterm() || !strcmp(getenv("TERM"), "linux"))
		return -ENOTSUP;
	if (n > COPY_MAX)
		return -E2BIG;
	sequence = base64(text, n, "\033]52;c;", "\a");
	if (!sequence)
		return -ENOMEM;
	if (getenv("STY") && !getenv("TMUX"))
		err = send_through_screen(sequence);
	else
		err = port_send(sequence, strlen(sequence));
	/* tmux takes it for itself or hands it on, as it was told: one of the two is enough */
	if (!err && getenv("TMUX")) {
		err = port_send("\033Ptmux;\033", 8);
		err = err ? err : port_send(sequence, strlen(sequence));
		err = err ? err : port_send("\033\\", 2);
	}
	free(sequence);
	return err;
}

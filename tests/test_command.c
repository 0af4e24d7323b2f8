/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands and keys of the debugger: the dispatch, marks, the mouse.
 */
#include "tests/view_help.h"

#include "ui/view/act.h"

/* ---- the dispatch ---- */

/* A copy without what only says what was done last. */
static bool same_state(const struct view *a, const struct view *b)
{
	return a->at == b->at && a->focus == b->focus && a->cursor[0] == b->cursor[0] &&
	       a->cursor[1] == b->cursor[1] && a->locked == b->locked &&
	       a->overlay == b->overlay && a->help == b->help && a->screen == b->screen &&
	       a->quit == b->quit && a->prompting == b->prompting && a->row == b->row &&
	       !strcmp(a->waiting, b->waiting) && !strcmp(a->message, b->message) &&
	       !strcmp(a->prompt, b->prompt) && !memcmp(a->object, b->object, sizeof(a->object));
}

/* The key of a command that needs words asks for them. */
static void assert_asks(const struct view *v, const char *command)
{
	size_t n = strlen(command);

	assert_int_equal(v->prompting, PROMPT_COMMAND);
	assert_true(!strncmp(v->prompt, command, n) && !strcmp(v->prompt + n, " "));
}

/* What a view has of its own, where it has no session. */
static void free_list(struct view *v)
{
	free(v->list.row);
	free(v->list.text);
}

/* A key and the command of its row do the same, from several places. */
static void test_key_is_command(void **state)
{
	static const char *const from[] = { "", "right*5", "f", "right*3 x tab", "end o" };
	unsigned done = 0;

	(void)state;
	for (unsigned i = CMD_NONE + 1; i < CMD_COUNT; i++) {
		const struct command_row *row = &command_rows[i];
		char keys[KEYS_TEXT_MAX], *save = NULL;

		snprintf(keys, sizeof(keys), "%s", row->keys);
		for (char *key = strtok_r(keys, " ", &save); key;
		     key = strtok_r(NULL, " ", &save)) {
			for (size_t j = 0; j < sizeof(from) / sizeof(from[0]); j++) {
				struct view a = view_of(0, from[j]), b = a;

				view_key(&a, key);
				done++;
				if (*row->arguments && *row->arguments != '[') {
					assert_asks(&a, row->name);
					continue;
				}
				view_command(&b, row->name);
				free(a.copy);
				free(b.copy);
				free_list(&a);
				free_list(&b);
				assert_true(same_state(&a, &b));
			}
		}
	}
	assert_true(done > 150);
}

/* Every name is found whole, and by every prefix that is no other's. */
static void test_names(void **state)
{
	(void)state;
	for (unsigned i = CMD_NONE + 1; i < CMD_COUNT; i++) {
		const char *name = command_rows[i].name;

		assert_int_equal(command_by_name(name, strlen(name), NULL), i);
		for (size_t n = 1; n < strlen(name); n++) {
			unsigned others = 0, shorter = 0;
			bool several;
			enum command_id is = command_by_name(name, n, &several);

			for (unsigned j = CMD_NONE + 1; j < CMD_COUNT; j++) {
				const char *other = command_rows[j].name;

				if (j == i || strncmp(other, name, n))
					continue;
				others++;
				shorter += !strncmp(name, other, strlen(other));
			}
			if (!others)
				assert_int_equal(is, i);
			else
				assert_true(several ? !is : is != i || !shorter);
		}
	}
	assert_int_equal(command_by_name("fin", 3, NULL), CMD_NEXT_FINDING);
	assert_int_equal(command_by_name("finding-", 8, NULL), CMD_PREV_FINDING);
	assert_int_equal(command_by_name("", 0, NULL), CMD_NONE);
}

static void command(struct view *v, const char *line, bool known, const char *says)
{
	assert_int_equal(view_command(v, line), known);
	if (strcmp(v->message, says))
		fail_msg("'%s' says '%s' and not '%s'", line, v->message, says);
}

static void test_errors(void **state)
{
	struct view v = view_of(0, "");

	(void)state;
	command(&v, "finding-befor", true, "no finding before this step");
	command(&v, "fniding", false, "there is no command 'fniding'; did you mean 'finding'?");
	command(&v, "xyzzy", false, "there is no command 'xyzzy'");
	command(&v, "fo", false, "'fo' can be forward, follow");
	command(&v, "first 3", false, "first takes nothing behind it: not '3'");
	command(&v, "look", false, "look of what?  look OBJECT");
	command(&v, "look  page 9 ", true, "this run has no page 9");
	command(&v, "look elephant", true,
		"an object is page 54, slot 7, folio 3, entry 12; or p54, s7, f3, e12");
	command(&v, "forward x", true, "'x' is no number");
	command(&v, "goto here", true, "a step is a number, not 'here'");
	command(&v, "goto -3", true, "a step is a number, not '-3'");
	command(&v, "12x", true, "a step is a number, not '12x'");
	command(&v, "@5", true, "this run is of no capture: no kernel was seen to make it");
	command(&v, "view sauce", true, "there is no view 'sauce'; did you mean 'source'?");
	command(&v, "pane middle", true, "a pane is left or right, not 'middle'");
	command(&v, "mark 7", true, "a mark is a letter, not '7'");
	command(&v, "choose", true, "moves cannot be made by hand here");
	command(&v, "", true, "");
	command(&v, " \t ", true, "");
	assert_int_equal(v.cursor[0], 0);
	command(&v, "\t forward  4 ", true, "");
	assert_int_equal(v.cursor[0], 4);
	command(&v, "7", true, "");
	assert_int_equal(v.cursor[0], 7);
	command(&v, "back 100000000000000000000", true, "");
	assert_int_equal(v.cursor[0], 0);
	command(&v, "pane right", true, "");
	assert_int_equal(v.focus, 1);
	command(&v, "pane r", true, "a pane is left or right, not 'r'");
}

/* The user's own keys, over the program's. */
static void test_bindings(void **state)
{
	static const struct key_binding own[] = {
		{ "d", "forward 5" }, { "q", "" }, { "ctrl-x", "last" }, { "F5", "difference" },
		{ "F6", "zzzzzzzz" }, { "d", "forward 2" },
	};
	struct view v = view_of(0, "");
	char keys[KEYS_TEXT_MAX];

	(void)state;
	v.binding = own;
	v.bindings = 6;
	press(&v, "d");
	assert_int_equal(v.cursor[0], 2);
	press(&v, "q");
	assert_false(v.quit);
	assert_string_equal(v.message, "no command on q: ? shows the keys");
	press(&v, "F6");
	assert_string_equal(v.message, "there is no command 'zzzzzzzz'");
	press(&v, "home F5");
	assert_int_equal(v.cursor[0], 4);
	press(&v, "ctrl-x");
	assert_int_equal(v.cursor[0], trace_info(pairs[0].chapter.run[0])->events);
	assert_string_equal(command_keys(&v, CMD_LAST, keys), "end G ctrl-x");
	assert_string_equal(command_keys(&v, CMD_NEXT_DIFF, keys), "F5");
	assert_string_equal(command_keys(&v, CMD_QUIT, keys), "");
}

static void test_describe(void **state)
{
	struct view v = view_of(0, "K q");

	(void)state;
	assert_false(v.quit);
	assert_string_equal(v.message, "q = :quit: leave");
	press(&v, "K d");
	assert_string_equal(v.message, "d = :difference: to the next difference between the runs");
	assert_int_equal(v.cursor[0], 0);
	press(&v, "K esc");
	assert_non_null(strstr(v.message, "esc = :cancel: "));
	press(&v, "K 3");
	assert_non_null(strstr(v.message, "3 = :choose 3: "));
	press(&v, "K Z");
	assert_string_equal(v.message, "Z does nothing");
	command(&v, "describe goto", true, "no key = :goto N|@STAMP: to step N, or an event's: "
		":12 and :@557 do it too");
	press(&v, "right");				/* and that is over */
	assert_int_equal(v.cursor[0], 1);
}

/* The objects' keys do in a small run what they do in a large one. */
static void test_objects_small(void **state)
{
	struct view v = view_of(3, "f");
	uint64_t at = v.cursor[0];

	(void)state;
	assert_int_not_equal(v.object[0].kind, OBJ_NONE);	/* what the finding speaks of */
	press(&v, "c");
	assert_true(v.cursor[0] < at);
	press(&v, "C");
	assert_int_equal(v.cursor[0], at);
	press(&v, "[");
	assert_true(v.cursor[0] <= at);
	press(&v, "t");
	assert_non_null(strstr(v.message, "looking at "));
	press(&v, "u");
	assert_int_equal(v.object[0].kind, OBJ_NONE);
	press(&v, "home ]");
	assert_non_null(strstr(v.message, "which object?"));
}

/* ---- the page ---- */

#define PAGE		"docs/debugger.md"
#define BEGIN		"<!-- commands -->\n"
#define END		"<!-- end of commands -->\n"

static void print_cell(const char *text, FILE *out)
{
	for (; *text; text++)
		fprintf(out, *text == '|' ? "\\|" : "%c", *text);
}

static void print_keys(const struct view *v, enum command_id id, FILE *out)
{
	char keys[KEYS_TEXT_MAX], *save = NULL;

	command_keys(v, id, keys);
	for (char *key = strtok_r(keys, " ", &save); key; key = strtok_r(NULL, " ", &save))
		fprintf(out, " `%s`", key);
}

static char *table(void)
{
	struct view v = view_of(0, "");
	const char *group = "";
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fputs("\n| | command | keys | |\n| --- | --- | --- | --- |\n", out);
	for (unsigned i = CMD_NONE + 1; i < CMD_COUNT; i++) {
		const struct command_row *row = &command_rows[i];

		fprintf(out, "| %s | `%s%s", strcmp(group, row->group) ? row->group : "",
			row->name, *row->arguments ? " " : "");
		print_cell(row->arguments, out);
		fputs("` |", out);
		print_keys(&v, i, out);
		fputs(" | ", out);
		print_cell(row->help, out);
		fputs(" |\n", out);
		group = row->group;
	}
	fputc('\n', out);
	fclose(out);
	return text;
}

/* The page lists what there is: to write it again, SWAPSCOPE_GOLDEN=update. */
static void test_page(void **state)
{
	const char *golden = getenv("SWAPSCOPE_GOLDEN");
	char *page = read_file(PAGE), *want = table(), *begin = strstr(page, BEGIN), *end;
	FILE *out;

	(void)state;
	assert_non_null(begin);
	begin += strlen(BEGIN);
	end = strstr(begin, END);
	assert_non_null(end);
	if (golden && !strcmp(golden, "update")) {
		out = fopen(PAGE, "w");
		assert_non_null(out);
		fprintf(out, "%.*s%s%s", (int)(begin - page), page, want, end);
		assert_int_equal(fclose(out), 0);
	} else {
		*end = '\0';
		if (strcmp(begin, want)) {
			print_diff(want, begin);
			fail_msg(PAGE " is not what COMMANDS() says; SWAPSCOPE_GOLDEN=update");
		}
	}
	free(page);
	free(want);
}

/* ---- copies ---- */

/* What is copied as a schedule is what the run was made of, and makes it again. */
static void test_copy_schedule(void **state)
{
	struct view v = view_of(0, "y");

	(void)state;
	assert_null(v.copy);
	assert_string_equal(v.message, "there is no schedule yet: no step was made; right makes "
			    "one");
	press(&v, "end y");
	assert_string_equal(v.copy, trace_info(pairs[0].chapter.run[0])->schedule);
	press(&v, "tab y");
	assert_string_equal(v.copy, trace_info(pairs[0].chapter.run[1])->schedule);
	press(&v, "tab 3");
	command(&v, "3", true, "");
	press(&v, "y");
	assert_string_equal(v.copy, "T0*3");
	assert_string_equal(v.message, "the schedule is copied: 4 bytes");
	press(&v, "Y");
	assert_non_null(strstr(v.copy, "zswap_decompress"));
	assert_non_null(strstr(v.copy, "debate-a:\n\nCPU0 (T0)"));
	assert_non_null(strstr(v.copy, "v6.9:\n\nCPU0 (T0)"));
	free(v.copy);
}

static void test_shell(void **state)
{
	struct chapter c = pairs[0].chapter;
	struct view v;

	(void)state;
	view_init(&v, &c, 1);
	command(&v, "2", true, "");
	command(&v, "shell", true, "swapscope run debate --kernel debate-a --schedule 'T0*2'");
	c.file[0] = "a.db";
	c.file[1] = "the 'b'.db:2";
	command(&v, "shell", true, "swapscope view a.db 'the '\\''b'\\''.db:2'");
	command(&v, "copy command", true, "the command is copied: 40 bytes");
	free(v.copy);
}

static void test_copy_file(void **state)
{
	char folder[] = "/tmp/swapscope-copy-XXXXXX", path[64], line[100], says[200], *text;
	struct view v = view_of(0, "right*3");

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/s", folder);
	snprintf(line, sizeof(line), "copy schedule %s", path);
	snprintf(says, sizeof(says), "the schedule is in %s", path);
	command(&v, line, true, says);
	text = read_file(path);
	assert_string_equal(text, "T0*3\n");
	free(text);
	/* what is there is replaced, as by every command, but no trace is by a text */
	snprintf(says, sizeof(says), "the schedule is in %s, which was replaced", path);
	command(&v, line, true, says);
	text = read_file(path);
	assert_string_equal(text, "T0*3\n");
	free(text);
	unlink(path);
	assert_int_equal(rmdir(folder), 0);		/* and nothing else is there */
	snprintf(says, sizeof(says), "%s: No such file or directory", path);
	command(&v, line, true, says);
	command(&v, "copy all", true, "copy schedule, diagram or command: not 'all'");
	assert_null(v.copy);
}

/* ---- marks ---- */

static void test_marks(void **state)
{
	struct chapter two[2] = { pairs[0].chapter, pairs[3].chapter };
	struct view v;

	(void)state;
	view_init(&v, two, 2);
	command(&v, "marks", true, "no step is marked: m and a letter does it");
	press(&v, "right*5 m a right*4 tab m B");
	assert_string_equal(v.message, "step 10 is B: 'B goes there");
	press(&v, "n right ' B");
	assert_int_equal(v.at, 0);
	assert_int_equal(v.focus, 1);
	assert_int_equal(v.cursor[1], 10);
	press(&v, "' a");
	assert_int_equal(v.focus, 0);
	assert_int_equal(v.cursor[0], 5);
	press(&v, "right m a");				/* it moves */
	command(&v, "marks", true, "");
	assert_int_equal(v.screen, SCREEN_LIST);
	assert_int_equal(v.list.rows, 2);
	assert_string_equal(v.list.row[0].cell[1], "6");
	assert_string_equal(v.list.row[1].cell[2], "right");
	press(&v, "down enter");
	assert_int_equal(v.screen, SCREEN_RUN);
	assert_int_equal(v.focus, 1);
	press(&v, "tab : m a r k s enter delete");
	assert_int_equal(v.list.rows, 1);
	press(&v, "delete");
	assert_string_equal(v.message, "no step is marked: m and a letter does it");
	assert_int_equal(v.screen, SCREEN_RUN);
	command(&v, "6", true, "");
	press(&v, "m a");
	press(&v, "' c");
	assert_string_equal(v.message, "no step is marked c: m c marks this one");
	press(&v, "m esc right");			/* not marked, and no longer asked */
	assert_int_equal(v.cursor[0], 7);
	command(&v, "to-mark a", true, "");
	assert_int_equal(v.cursor[0], 6);
	free(v.list.row);
}

/* ---- explanations ---- */

static void test_explain(void **state)
{
	struct chapter chapters[1] = { pairs[0].chapter };
	struct view v;
	size_t n;
	const struct trace_finding *f = trace_findings(chapters[0].run[0], &n);

	(void)state;
	assert_true(n > 0);
	view_init(&v, chapters, 1);
	press(&v, "i");
	assert_int_equal(v.screen, SCREEN_LIST);
	assert_int_equal(v.list.kind, LIST_STEPS);
	assert_true(v.list.rows > 5);
	for (unsigned i = 0; i < v.list.rows; i++) {
		const struct list_row *row = &v.list.row[i];

		assert_int_equal(row->id, atoi(row->cell[0]));
		assert_memory_equal(row->whole, row->cell[2], strlen(row->cell[2]));
		if (!strcmp(row->cell[1], f->property)) {
			assert_int_equal(row->id, f->position);
			press(&v, "enter");	/* the row below is a switch, or none */
			break;
		}
		press(&v, "down");
	}
	assert_int_equal(v.screen, SCREEN_RUN);
	assert_int_equal(v.cursor[0], f->position);
	command(&v, "explain entry 1", true, "");
	assert_int_equal(v.screen, SCREEN_LIST);
	assert_int_equal(v.object[0].kind, OBJ_ENTRY);
	press(&v, "enter");
	assert_int_equal(v.screen, SCREEN_RUN);
	assert_int_equal(v.cursor[0], v.list.row[0].id);
	command(&v, "explain folio 99", true, "this run has no folio 99");
	command(&v, "explain nonsense", true, "'nonsense' is no object: page 54, s7, e12, 0x313");
	free_list(&v);
}

/* ---- the mouse ---- */

static void shown(struct view *v, int rows, int cols)
{
	struct grid g;

	assert_int_equal(grid_init(&g, rows, cols), 0);
	view_render(v, &g);
	view_shown(v, &g);
	grid_free(&g);
}

static void test_mouse(void **state)
{
	struct view v = view_of(0, "right*3");
	unsigned steps = 0, objects = 0;
	char key[40];

	(void)state;
	shown(&v, 40, 120);
	for (unsigned i = 0; i < v.spots; i++) {
		struct spot s = v.spot[i];

		snprintf(key, sizeof(key), "click %d %d", s.r.y, s.r.x + s.r.w - 1);
		view_key(&v, key);
		assert_int_equal(v.focus, s.side);
		if (s.kind == SPOT_STEP) {
			assert_int_equal(v.cursor[s.side], s.value);
			steps++;
		} else if (s.kind == SPOT_OBJECT) {
			assert_int_equal(v.object[s.side].kind, s.value >> 32);
			assert_int_equal(v.object[s.side].number, (uint32_t)s.value);
			objects++;
		}
	}
	assert_true(steps > 10);
	assert_true(objects > 4);
	press(&v, "home");
	view_key(&v, "wheel-down 20 10");
	assert_int_equal(v.focus, 0);
	assert_int_equal(v.cursor[0], 3);
	view_key(&v, "wheel-up 20 100");
	assert_int_equal(v.focus, 1);
	assert_true(v.cursor[1] < 3);
	press(&v, "?");
	shown(&v, 24, 80);
	view_key(&v, "wheel-down 3 3");
	assert_int_equal(v.top, 3);
	assert_true(v.help);
	view_key(&v, "click 3 3");
	assert_false(v.help);
	press(&v, "home");
	view_key(&v, "click 99999 99999");
	view_key(&v, "click -1 -1");
	view_key(&v, "click");
	assert_string_equal(v.message, "no command on click: ? shows the keys");
	assert_int_equal(v.cursor[0], 0);
}

/* The help scrolls to its end and no further. */
static void test_help_scrolls(void **state)
{
	struct view v = view_of(0, "?");

	(void)state;
	shown(&v, 24, 80);
	assert_true(v.last_top > 10);
	press(&v, "pgdn");			/* a screen of 22 rows, of which one stays */
	assert_int_equal(v.top, 21);
	press(&v, "space");
	assert_true(v.help);
	assert_int_equal(v.top, 42);
	press(&v, "pgup*2");
	assert_int_equal(v.top, 0);
	press(&v, "pgdn*30");
	assert_int_equal(v.top, v.last_top);
	press(&v, "up");
	assert_int_equal(v.top, v.last_top - 1);
	press(&v, "x");
	assert_false(v.help);
	assert_true(v.locked);
	press(&v, "z");				/* and so is the list of words, under its rule */
	shown(&v, 24, 80);
	press(&v, "space");
	assert_int_equal(v.top, 20);
	press(&v, "pgup z");
	assert_int_equal(v.top, 0);
	assert_int_equal(v.cursor[0], 0);
}

/* ---- anything ---- */

static uint32_t rng;

static uint32_t draw_number(uint32_t n)
{
	rng = rng * 1664525u + 1013904223u;
	return (rng >> 8) % n;
}

/* Those that write a file, or search for long, are for other tests. */
static bool is_quick(enum command_id command)
{
	return command != CMD_SAVE && command != CMD_ASK && command != CMD_WALK &&
	       command != CMD_COPY;
}

/* A key, a paste or a command line. */
static void anything(struct view *v, char *key, size_t size)
{
	static const char *const names[] = {
		"right", "left", "up", "down", "home", "end", "pgdn", "pgup", "enter", "esc",
		"backspace", "delete", "tab", "space", "ctrl-a", "ctrl-e", "ctrl-w", "ctrl-u",
		"\303\274", "\342\202\254", "\xff", "that key", ":", "/", "'", "F1", "",
	};
	char text[40];
	size_t n = 0;

	switch (draw_number(8)) {
	case 0:
		for (size_t i = 0; i < 30; i++)
			text[n++] = (char)(1 + draw_number(255));
		text[n] = '\0';
		snprintf(key, size, "paste:%s", text);
		break;
	case 1:
		snprintf(key, size, "%s %u %u", draw_number(2) ? "click" : "wheel-down",
			 draw_number(50), draw_number(130));
		break;
	case 2:
		n = 1 + draw_number(CMD_COUNT - 1);
		snprintf(key, size, "%s", command_rows[n].name);
		if (is_quick((enum command_id)n))
			view_command(v, key);
		break;
	case 3: case 4:
		snprintf(key, size, "%c", '!' + (int)draw_number('~' - '!' + 1));
		if (strchr("aA", *key))
			*key = '1';
		break;
	default:
		snprintf(key, size, "%s", names[draw_number(sizeof(names) / sizeof(names[0]))]);
	}
}

/* Every other time moves can be made by hand too, which takes longer. */
static void test_anything(void **state)
{
	const char *seeds = getenv("SWAPSCOPE_SEEDS");
	struct chapter all[PAIRS];

	(void)state;
	for (uint32_t seed = 1; seed <= (seeds ? (uint32_t)atoi(seeds) : 10); seed++) {
		struct view v;

		rng = seed;
		for (size_t i = 0; i < PAIRS; i++)
			all[i] = pairs[i].chapter;
		view_init(&v, all, PAIRS);
		if (seed % 2)
			session_begin(&v, session_new());
		for (int i = 0; i < (seed % 2 ? 300 : 1500); i++) {
			char key[128];

			anything(&v, key, sizeof(key));
			view_key(&v, key);
			session_look(&v);
			free(v.copy);
			v.copy = NULL;
			for (unsigned side = 0; side < 2; side++)
				if (all[v.at].run[side])
					assert_in_range(v.cursor[side], 0, trace_info(all[v.at].
							run[side])->events);
			assert_true(v.prompt_at <= strlen(v.prompt));
			assert_true(((unsigned char)v.prompt[v.prompt_at] & 0xc0) != 0x80);
			assert_non_null(all[v.at].run[v.focus]);
			if (i % 40 == 0)
				shown(&v, 5 + (int)draw_number(50), 30 + (int)draw_number(130));
		}
		if (v.session)
			session_end(&v);
		else
			free_list(&v);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_key_is_command),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_bindings),
		cmocka_unit_test(test_describe),
		cmocka_unit_test(test_objects_small),
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_copy_schedule),
		cmocka_unit_test(test_shell),
		cmocka_unit_test(test_copy_file),
		cmocka_unit_test(test_marks), cmocka_unit_test(test_explain),
		cmocka_unit_test(test_mouse),
		cmocka_unit_test(test_help_scrolls),
		cmocka_unit_test(test_anything),
	};

	return cmocka_run_group_tests(tests, record_all, close_all);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * place.c - positions in runs: as they are written, and found.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/deck/parse.h"

/* ---- words ---- */

#define BLANKS " \t"

bool take_word(const char **text, const char *word)
{
	size_t n = strlen(word);
	const char *p = *text + strspn(*text, BLANKS);

	if (strncmp(p, word, n) || (p[n] && !strchr(BLANKS, p[n])))
		return false;
	*text = p + n + strspn(p + n, BLANKS);
	return true;
}

bool take_side(const char **text, unsigned *side)
{
	if (take_word(text, "left:"))
		*side = 0;
	else if (take_word(text, "right:"))
		*side = 1;
	else
		return false;
	return true;
}

bool take_task(const char **text, char *task, size_t size)
{
	const char *p = *text;
	size_t n = 0;

	while (isalnum((unsigned char)p[n]) || p[n] == '_')
		n++;
	if (!n || n >= size || p[n] != ':')
		return false;
	memcpy(task, p, n);
	task[n] = '\0';
	*text = p + n + 1 + strspn(p + n + 1, BLANKS);
	return true;
}

bool next_word(const char **text, char *word, size_t size)
{
	const char *p = *text + strspn(*text, BLANKS);
	size_t n = strcspn(p, BLANKS);

	if (!n || n >= size)
		return false;
	memcpy(word, p, n);
	word[n] = '\0';
	*text = p + n + strspn(p + n, BLANKS);
	return true;
}

bool whole_number(const char *text, size_t max, size_t *v)
{
	*v = 0;
	if (!*text)
		return false;
	for (; isdigit((unsigned char)*text); text++) {
		*v = 10 * *v + (size_t)(*text - '0');
		if (*v > max)
			return false;
	}
	return !*text;
}

/* ---- steps by name ---- */

/* Does a step's text begin so, with its operation before it or without? */
bool step_begins(const struct step_name *n, const struct step *s)
{
	const char *op = step_op_name(s), *text = n->text;
	size_t len = strlen(op), length = n->length;

	if (s->kind == KIND_CALL)
		return false;
	if (!strncmp(s->text, text, length))
		return true;
	if (strncmp(text, op, len) || text[len] != ':')
		return false;
	len += 1 + strspn(text + len + 1, BLANKS);
	return len <= length && !strncmp(s->text, text + len, length - len);
}

bool step_is_named(const struct step_name *n, int step, const char *result)
{
	const char *want = n->text + n->result;

	return step >= 0 && step_begins(n, step_at((size_t)step)) &&
	       (!n->result || (result && !strncmp(result, want, strlen(want))));
}

/* Is there a step of that name, and does one of them come to the result? */
static int step_known(const struct step_name *n)
{
	int err = -ENOENT;

	for (size_t i = 0; i < step_count(); i++) {
		if (!step_begins(n, step_at(i)))
			continue;
		err = -EINVAL;
		if (!n->result)
			return 0;
		for (size_t j = 0; j < result_count(); j++) {
			int step = result_step(result_at(j));

			/* which of the functions that steps call a step calls is not known */
			if ((step < 0 || step == (int)i) &&
			    step_is_named(n, (int)i, result_at(j)->text))
				return 0;
		}
	}
	return err;
}

/* A text of a step may have " = " in it: where it is none as it stands, the last is a result's. */
int step_name_parse(struct step_name *n, const char *text)
{
	const char *is = NULL;

	*n = (struct step_name){ .length = strlen(text) };
	if (!n->length || n->length >= sizeof(n->text))
		return -ENOENT;
	strcpy(n->text, text);
	if (!step_known(n))
		return 0;
	for (const char *p = strstr(text, " = "); p; p = strstr(p + 1, " = "))
		is = p;
	if (!is)
		return -ENOENT;
	n->length = (size_t)(is - text);
	n->result = n->length + strlen(" = ");
	return step_known(n);
}

int step_name_refused(int why, const char *text, unsigned line, struct deck_error *err)
{
	if (why == -EINVAL)
		return deck_refuse(err, line, "no step '%.60s' comes to that; 'swapscope list "
				   "steps' shows what each comes to", text);
	return deck_refuse(err, line, "no step '%.60s'; it is the beginning of a step's text, with "
			   "or without 'OPERATION: ' before it: 'swapscope list steps' shows them",
			   text);
}

bool run_makes(const struct execution *x, size_t at, int task, const struct step_name *n)
{
	const struct exec_step *s;

	if (!at || at > x->n)
		return false;
	s = &x->step[at - 1];
	return (task < 0 || s->move.task == task) && step_is_named(n, s->step, s->result);
}

void transition_text(const struct execution *x, size_t at, char *buf, size_t size)
{
	const struct exec_step *s = at && at <= x->n ? &x->step[at - 1] : NULL;

	if (!s || s->step < 0)
		snprintf(buf, size, "nothing was done yet");
	else
		snprintf(buf, size, "%s: %s%s%s", x->scenario->program[s->move.task].name,
			 step_at((size_t)s->step)->text, s->result ? " = " : "",
			 s->result ? s->result : "");
}

/* ---- at = ---- */

#define PLACES_TEXT "start, end, finding, difference, a number of steps, or 'TASK: STEP [= RESULT]'"

int place_parse(struct deck_place *p, const char *text, unsigned line, struct deck_error *err)
{
	static const struct {
		const char *word;
		enum place_kind kind;
	} words[] = {
		{ "start", PLACE_START }, { "end", PLACE_END }, { "finding", PLACE_FINDING },
		{ "difference", PLACE_DIFFERENCE },
	};
	int why;

	*p = (struct deck_place){ .line = line };
	p->says_side = take_side(&text, &p->side);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(text, words[i].word)) {
			p->kind = words[i].kind;
			return 0;
		}
	p->kind = PLACE_NUMBER;
	if (whole_number(text, SCHEDULE_MAX, &p->number))
		return 0;
	p->kind = PLACE_STEP;
	if (!take_task(&text, p->task, sizeof(p->task)))
		return deck_refuse(err, line, "at = %.60s: one of %s is needed, 'left:' or "
				   "'right:' may stand before it", text, PLACES_TEXT);
	why = step_name_parse(&p->step, text);
	return why ? step_name_refused(why, text, line, err) : 0;
}

/* ---- point = ---- */

int pointed_parse(struct pointed *p, const char *text, unsigned line, struct deck_error *err)
{
	const char *value = text;
	char number[16];
	size_t v = 0;

	*p = (struct pointed){ .line = line };
	take_word(&text, "task");
	if (text != value || !text[strcspn(text, BLANKS)]) {
		if (next_word(&text, p->task, sizeof(p->task)) && !*text)
			return 0;
	} else if (next_word(&text, p->kind, sizeof(p->kind)) && objects_of(NULL, p->kind) >= 0 &&
		   next_word(&text, number, sizeof(number)) && !*text &&
		   whole_number(number, UINT8_MAX, &v)) {
		p->number = (unsigned)v;
		return 0;
	}
	return deck_refuse(err, line, "point = %.60s: 'page N', 'slot N', 'folio N', 'entry N', "
			   "'mm N', 'device N' or a task's name is needed", value);
}

/* ---- found in runs ---- */

int task_of_runs(const struct deck_runs *r, const char *name)
{
	for (unsigned i = 0; i < r->scenario.tasks; i++)
		if (!strcmp(r->scenario.program[i].name, name))
			return (int)i;
	return -1;
}

int no_task(const struct deck_runs *r, const char *name, unsigned line, struct deck_error *err)
{
	char names[MAX_TASKS * 18] = "";

	for (unsigned i = 0; i < r->scenario.tasks; i++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
			 i ? ", " : "", r->scenario.program[i].name);
	return deck_refuse(err, line, "no task '%.16s' in %.60s; there are %s", name,
			   r->scenario.name, names);
}

/* The first transition of a run that the place means, or -EINVAL and *err. */
static int find_step(const struct deck_place *p, const struct deck_runs *r, size_t *at,
		     struct deck_error *err)
{
	const struct execution *x = deck_side(r, p->side);
	int task = task_of_runs(r, p->task);

	if (task < 0)
		return no_task(r, p->task, p->line, err);
	for (size_t i = 1; i <= x->n; i++)
		if (run_makes(x, i, task, &p->step)) {
			*at = i;
			return 0;
		}
	return deck_refuse(err, p->line, "%s does not make '%s' in the run under %s, which has %zu "
			   "steps", p->task, p->step.text, r->kernel[p->side], x->n);
}

/* The first transition that breaks something, of the run that is meant or of any. */
static int find_finding(const struct deck_place *p, const struct deck_runs *r, struct stand *s,
			struct deck_error *err)
{
	for (unsigned side = p->side; side < (p->says_side ? p->side + 1 : r->n); side++) {
		const struct execution *x = deck_side(r, side);

		for (size_t i = 1; i <= x->n; i++)
			if (x->step[i - 1].violated | x->step[i - 1].costs) {
				s->side = side;
				s->at[side] = i;
				return 0;
			}
	}
	if (!p->side && r->pair.property == PROP_LIVELOCK && r->searched) {
		s->at[0] = r->pair.broken.run.n;	/* no step breaks it: where it goes round */
		return 0;
	}
	return deck_refuse(err, p->line, "at = finding: nothing is violated in %s",
			   p->says_side || r->n < 2 ? "that run" : "these runs");
}

static size_t no_further(size_t at, size_t n)
{
	return at < n ? at : n;
}

/* The position of the other run that belongs to one of this. */
static size_t other_position(const struct deck_runs *r, const struct alignment *al, unsigned side,
			     size_t at)
{
	const uint64_t *map = !al ? NULL : side ? al->a_of_b : al->b_of_a;
	size_t n = deck_side(r, !side)->n;

	return map ? no_further((size_t)map[at], n) : no_further(at, n);
}

static int find_place(struct stand *s, const struct deck_place *p, const struct deck_runs *r,
		      const struct alignment *al, struct deck_error *err)
{
	const struct execution *x;
	size_t *at;

	if (p->side >= r->n)
		return deck_refuse(err, p->line, "there is no right run: 'beside = KERNEL' makes "
				   "one");
	s->side = p->side;
	at = &s->at[s->side];
	x = deck_side(r, s->side);
	switch (p->kind) {
	case PLACE_START:
		*at = 0;
		return 0;
	case PLACE_END:
		*at = x->n;
		return 0;
	case PLACE_NUMBER:
		*at = p->number;
		return p->number <= x->n ? 0 :
		       deck_refuse(err, p->line, "at = %zu: the run under %s has %zu steps",
				   p->number, r->kernel[s->side], x->n);
	case PLACE_DIFFERENCE:
		if (r->n < 2 || !al || al->same)
			return deck_refuse(err, p->line, "at = difference: %s", r->n < 2 ?
					   "there is one run only" :
					   "the two runs do the same throughout");
		*at = no_further((size_t)(s->side ? al->b_parted : al->a_parted) + 1, x->n);
		return 0;
	case PLACE_STEP:
		return find_step(p, r, at, err);
	case PLACE_FINDING:
		return find_finding(p, r, s, err);
	}
	return -EINVAL;
}

static int find_pointed(struct stand *s, const struct pointed *p, const struct deck_runs *r,
			struct deck_error *err)
{
	int n;

	s->task = -1;
	if (*p->task) {
		s->task = task_of_runs(r, p->task);
		return s->task < 0 ? no_task(r, p->task, p->line, err) : 0;
	}
	if (!*p->kind)
		return 0;
	n = objects_of(&r->scenario, p->kind);
	if ((int)p->number < n)
		return 0;
	return deck_refuse(err, p->line, "point = %s %u: %s has %d of them, from 0", p->kind,
			   p->number, r->scenario.name, n);
}

int deck_stand(struct stand *s, const struct beat *b, const struct deck_runs *r,
	       const struct alignment *al, struct deck_error *err)
{
	int failed;

	*s = (struct stand){ 0 };
	failed = find_place(s, &b->at, r, al, err);
	if (failed)
		return failed;
	if (r->n > 1)
		s->at[!s->side] = b->at.kind == PLACE_START ? 0 :
				  b->at.kind == PLACE_END ? deck_side(r, !s->side)->n :
				  other_position(r, al, s->side, s->at[s->side]);
	return find_pointed(s, &b->point, r, err);
}

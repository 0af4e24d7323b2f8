/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * beside.c - the same schedule under the kernel that a scenario's [bug] calls repaired, and which
 * rule is in the way there.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "replay/explain/parts.h"
#include "replay/pair/align.h"
#include "replay/pair/repair.h"

static bool breaks(const struct execution *x, uint32_t property)
{
	for (size_t i = 0; i < x->n; i++)
		if ((x->step[i].violated | x->step[i].costs) & property)
			return true;
	return false;
}

/* "pin (none here, has_cache there), load (exclusive here, if-cached there)" */
static void say_switches(char *text, size_t size, uint64_t rules, const struct kernel *here,
			 const struct kernel *there)
{
	const char *comma = "";

	for (unsigned s = 0; s < SWITCH_COUNT; s++) {
		char a[32], b[32];

		if (!(rules >> s & 1))
			continue;
		add_text(text, size, "%s%s (%s here, %s there)", comma, kernel_switches[s].name,
			 switch_value(s, kernel_get(here, s), a, sizeof(a)),
			 switch_value(s, kernel_get(there, s), b, sizeof(b)));
		comma = ", ";
	}
}

/* " by the rule pin (none here, has_cache there)" */
static void say_rules(char *text, size_t size, uint64_t rules, const struct kernel *here,
		      const struct kernel *there)
{
	if (!rules)
		return;
	add_text(text, size, rules & (rules - 1) ? " by either of the rules " : " by the rule ");
	say_switches(text, size, rules, here, there);
}

/*
 * The switches in which the kernels differ each of which, alone set in `of` to what it is in `to`,
 * makes of "does the schedule break it?" this answer.
 */
static uint64_t switches_alone(const struct execution *x, const struct kernel *of,
			       const struct kernel *to, enum property property, bool breaks)
{
	uint64_t bits = 0;

	for (enum kernel_switch s = 0; s < SWITCH_COUNT; s++) {
		struct kernel k = *of;

		if (kernel_get(of, s) == kernel_get(to, s))
			continue;
		kernel_put(&k, s, kernel_get(to, s));
		bits |= (uint64_t)(schedule_violates(x, &k, property) == breaks) << s;
	}
	return bits;
}

/*
 * Where the runs part first is not always where the repair is: kernels differ in more than that.
 * The rule of the parting is not left to be taken for the one that turns the violation away.
 */
static void say_why(struct explanation *e, const struct execution *x, const struct kernel *there,
		    size_t parted, enum property property)
{
	uint64_t part = parting_switches(x, there, parted);
	uint64_t turn = switches_alone(x, there, &x->kernel, property, true);
	char *text = e->beside;
	size_t size = sizeof(e->beside);

	if (part)
		add_text(text, size, ",");
	say_rules(text, size, part, &x->kernel, there);
	if (turn == part)
		return;
	if (turn) {
		add_text(text, size, "; the %s is turned away", e->property);
		say_rules(text, size, turn, &x->kernel, there);
		return;
	}
	turn = switches_alone(x, &x->kernel, there, property, false);
	add_text(text, size, turn & (turn - 1) ? "; each of these rules alone turns the %s away: " :
		 turn ? "; one rule turns the %s away, and others together: " :
		 "; no rule alone turns the %s away", e->property);
	say_switches(text, size, turn, &x->kernel, there);
}

int repaired_beside(struct explanation *e, const struct again *a)
{
	const struct bug *bug = &a->s.bug;
	int property = property_find(e->property), r;
	struct execution b;
	struct parted p;
	const struct step *step;

	if (!bug->present || property < 0)
		return 0;
	r = execution_init(&b, &a->s, &bug->beside.kernel);
	if (r)
		return r;
	r = same_schedule_parts(&a->x, &b, &p);
	if (!r && p.a < a->x.n && !breaks(&b, 1u << property)) {
		step = step_at((size_t)a->x.step[p.a].step);
		snprintf(e->beside, sizeof(e->beside), "Under %.100s the same schedule has no %s: "
			 "it parts from this one at step %zu, '%.120s'", bug->beside.text,
			 e->property, p.a + 1, step->text);
		say_why(e, &a->x, &b.kernel, p.a, (enum property)property);
	}
	execution_free(&b);
	return r == -ENOMEM ? r : 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The story of a slot or a page, line by line.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/text/names.h"
#include "ui/text/text.h"
#include "ui/text/stories.h"
#include "ui/text/stories_print.h"

#define DEPTH_MAX	8	/* of calls that are shown by indentation */

void json_entry(cJSON *o, uint64_t entry)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%" PRIx64, entry);
	cJSON_AddStringToObject(o, "swap", text);
}

void json_stamp(cJSON *o, const char *name, const struct stories *s, uint64_t event)
{
	if (event)
		cJSON_AddNumberToObject(o, name, (double)story_stamp(s->trace, event));
}

/* ---- faults ---- */

static int print_fault(void *arg, const struct story_fault *f)
{
	const struct stories *s = arg;
	char page[32] = "";

	if (f->page >= 0)
		snprintf(page, sizeof(page), " page %" PRId64, f->page);
	printf("%10" PRIu64 " .. %-10" PRIu64 " %-16s 0x%" PRIx64 "%s swap 0x%" PRIx64 " life %u: "
	       "%s%s%s%s%s%s\n", story_stamp(s->trace, f->first), story_stamp(s->trace, f->last),
	       stories_thread(s, f->thread), f->addr, page, stories_entry(s, f->slot), f->life,
	       f->outcome, *f->path ? " (" : "", f->path, *f->path ? ")" : "",
	       *f->why ? ": " : "", f->why);
	return 0;
}

static int add_fault(void *arg, const struct story_fault *f)
{
	struct json_list *list = arg;
	cJSON *o = cJSON_CreateObject();
	char addr[32];

	json_stamp(o, "since", list->stories, f->first);
	json_stamp(o, "until", list->stories, f->last);
	cJSON_AddStringToObject(o, "thread", stories_thread(list->stories, f->thread));
	snprintf(addr, sizeof(addr), "0x%" PRIx64, f->addr);
	cJSON_AddStringToObject(o, "address", addr);
	if (f->page >= 0)
		cJSON_AddNumberToObject(o, "page", (double)f->page);
	if (f->slot)
		json_entry(o, stories_entry(list->stories, f->slot));
	cJSON_AddNumberToObject(o, "life", f->life);
	cJSON_AddStringToObject(o, "path", f->path);
	cJSON_AddStringToObject(o, "outcome", f->outcome);
	if (*f->why)
		cJSON_AddStringToObject(o, "why", f->why);
	if (f->mapped >= 0)
		cJSON_AddBoolToObject(o, "mapped", f->mapped);
	if (f->ret >= 0)
		cJSON_AddNumberToObject(o, "ret", (double)f->ret);
	cJSON_AddItemToArray(list->array, o);
	return 0;
}

int stories_faults(const struct stories *s)
{
	struct json_list list = { .stories = s };
	int r;

	if (!s->json)
		return story_read_faults(s->trace, print_fault, (void *)s);
	list.array = cJSON_CreateArray();
	r = story_read_faults(s->trace, add_fault, &list);
	if (!r)
		r = json_print(stdout, list.array);
	cJSON_Delete(list.array);
	return r;
}

/* ---- lines ---- */

struct line {
	uint64_t event;
	uint32_t slot, life;
	char *what, *text;
};

struct life {
	uint32_t slot, life;
};

/* A fault on the slot: what the workload says next of the page is what it got. */
struct got {
	uint64_t fault;			/* its return */
	uint64_t page;
};

/* What is told, and how far the telling has come. */
struct telling {
	const struct stories *s;
	struct line *line;
	size_t lines, room, next;
	struct life *life;		/* of a page: the lives of slots that it was in */
	size_t lives;
	int64_t page;			/* marks of it are told; -1 */
	uint32_t slot;			/* or of a slot: 0 */
	struct got *got;		/* its faults */
	size_t gots, got_room;
	uint64_t *awaits;		/* by thread: the page + 1 of which it has yet to speak */
	uint64_t (*call)[DEPTH_MAX];	/* a thread's calls: the ids of their returns */
	uint8_t *depth;
	struct life at;			/* the life that the last line was of */
	uint64_t same;			/* marks like the last that were not told */
	struct capture_mark mark;
	uint32_t mark_thread;
	cJSON *array;			/* JSON: else NULL */
};

static int grow(void **array, size_t have, size_t *room, size_t size)
{
	size_t n = *room ? 2 * *room : 256;
	void *a;

	if (have < *room)
		return 0;
	a = realloc(*array, n * size);
	if (!a)
		return -ENOMEM;
	*array = a;
	*room = n;
	return 0;
}

static int take_line(void *arg, const struct story_line *l)
{
	struct telling *t = arg;
	struct line *to;

	if (grow((void **)&t->line, t->lines, &t->room, sizeof(*t->line)))
		return -ENOMEM;
	to = &t->line[t->lines];
	*to = (struct line){ .event = l->event, .slot = l->slot, .life = l->life,
			     .what = strdup(l->what), .text = strdup(l->text) };
	t->lines += to->what && to->text;
	if (to->what && to->text)
		return 0;
	free(to->what);
	free(to->text);
	return -ENOMEM;
}

static void rule(const struct telling *t, const struct line *l)
{
	printf("---- swap 0x%" PRIx64 ", ", stories_entry(t->s, l->slot));
	if (l->life)
		printf("life %u ----\n", l->life);
	else
		puts("what the capture began in ----");
}

/* A return ends the call that waits for it, and what was called meanwhile. */
static void leave(struct telling *t, const struct capture_event *e)
{
	uint8_t *depth = &t->depth[e->thread];

	for (unsigned i = *depth; e->side == SIDE_RETURN && i-- > 0;)
		if (t->call[e->thread][i] == e->id)
			*depth = (uint8_t)i;
}

static void enter(struct telling *t, const struct capture_event *e)
{
	uint8_t *depth = &t->depth[e->thread];

	if (e->side == SIDE_ENTER && e->call && *depth < DEPTH_MAX)
		t->call[e->thread][(*depth)++] = e->call;
}

static void print_head(const struct telling *t, const struct capture_event *e)
{
	printf("%10" PRIu64 "  %-16s [%03u]%s ", e->stamp, stories_thread(t->s, e->thread), e->cpu,
	       e->irq ? " irq" : "");
}

static void end_marks(struct telling *t)
{
	if (t->same && !t->array)
		printf("%10s  %" PRIu64 " more such marks\n", "..", t->same);
	t->same = 0;
	t->mark.kind = MARK_UNKNOWN;
}

static cJSON *json_line(struct telling *t, const struct capture_event *e)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddNumberToObject(o, "event", (double)e->id);
	cJSON_AddNumberToObject(o, "stamp", (double)e->stamp);
	cJSON_AddStringToObject(o, "thread", stories_thread(t->s, e->thread));
	cJSON_AddNumberToObject(o, "cpu", e->cpu);
	cJSON_AddItemToArray(t->array, o);
	return o;
}

static void tell_line(struct telling *t, const struct capture_event *e, const struct line *l)
{
	const char *name = capture_function_name((enum capture_function)e->function);
	const unsigned depth = t->depth[e->thread];

	end_marks(t);
	if (t->array) {
		cJSON *o = json_line(t, e);

		json_entry(o, stories_entry(t->s, l->slot));
		cJSON_AddNumberToObject(o, "life", l->life);
		cJSON_AddStringToObject(o, "function", name);
		cJSON_AddStringToObject(o, "what", l->what);
		cJSON_AddStringToObject(o, "text", l->text);
		return;
	}
	if (t->at.slot != l->slot || t->at.life != l->life)
		rule(t, l);
	t->at = (struct life){ l->slot, l->life };
	print_head(t, e);
	printf("%*s%s: %s%s%s%s\n", 2 * (int)depth, "", name, l->what, *l->text ? " (" : "",
	       l->text, *l->text ? ")" : "");
	enter(t, e);
}

static bool concerns(const struct telling *t, const struct capture_mark *m)
{
	const uint64_t page = (uint64_t)t->page;

	return t->page >= 0 && m->has_page && m->kind != MARK_MAP && page >= m->page &&
	       page - m->page < (m->pages ? m->pages : 1);
}

/* After a fault on the slot: was what the thread read right? */
static bool answers(struct telling *t, const struct capture_mark *m, uint32_t thread)
{
	if (!m->has_page || m->page + 1 != t->awaits[thread] || !t->awaits[thread])
		return false;
	if (m->kind == MARK_READ_END || m->kind == MARK_WRITE_END)
		t->awaits[thread] = 0;
	return m->kind == MARK_READ_END || m->kind == MARK_WRITE_END || m->kind == MARK_CORRUPT;
}

/* Of many marks that say the same one after another only the first is told. */
static void tell_mark(struct telling *t, const struct capture_event *e)
{
	struct capture_mark m;

	if (!capture_mark(e->text, &m) || !(t->slot ? answers(t, &m, e->thread) : concerns(t, &m)))
		return;
	if (m.kind == t->mark.kind && e->thread == t->mark_thread) {
		t->same++;
		return;
	}
	end_marks(t);
	t->mark = m;
	t->mark_thread = e->thread;
	if (t->array) {
		cJSON_AddStringToObject(json_line(t, e), "mark", e->text);
		return;
	}
	print_head(t, e);
	puts(e->text);
}

static int by_fault(const void *key, const void *got)
{
	const uint64_t *id = key;
	const struct got *g = got;

	return *id < g->fault ? -1 : *id > g->fault;
}

static void await(struct telling *t, const struct capture_event *e)
{
	const struct got *g;

	if (!t->gots || e->side != SIDE_RETURN || e->function != FN_do_swap_page)
		return;
	g = bsearch(&e->id, t->got, t->gots, sizeof(*t->got), by_fault);
	if (g)
		t->awaits[e->thread] = g->page + 1;
}

static int tell_event(void *arg, const struct capture_event *e)
{
	struct telling *t = arg;

	await(t, e);
	if (e->side == SIDE_MARK)
		tell_mark(t, e);
	leave(t, e);
	while (t->next < t->lines && t->line[t->next].event < e->id)
		t->next++;
	if (t->next < t->lines && t->line[t->next].event == e->id)
		tell_line(t, e, &t->line[t->next++]);
	return 0;
}

/* ---- telling ---- */

static int in_order(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	return x->event < y->event ? -1 : x->event > y->event;
}

static void telling_free(struct telling *t)
{
	for (size_t i = 0; i < t->lines; i++) {
		free(t->line[i].what);
		free(t->line[i].text);
	}
	free(t->line);
	free(t->life);
	free(t->call);
	free(t->depth);
	free(t->got);
	free(t->awaits);
	cJSON_Delete(t->array);
}

static int tell(struct telling *t)
{
	int r;

	t->call = calloc(t->s->threads + 1, sizeof(t->call[0]));
	t->depth = calloc(t->s->threads + 1, sizeof(t->depth[0]));
	t->awaits = calloc(t->s->threads + 1, sizeof(t->awaits[0]));
	if (t->s->json)
		t->array = cJSON_CreateArray();
	if (!t->call || !t->depth || !t->awaits || (t->s->json && !t->array))
		return -ENOMEM;
	if (t->lines)
		qsort(t->line, t->lines, sizeof(*t->line), in_order);
	r = capture_scan(t->s->trace, t->slot && !t->gots ? t->slot : 0, tell_event, t);
	end_marks(t);
	return r || !t->array ? r : json_print(stdout, t->array);
}

static int in_order_of_return(const void *a, const void *b)
{
	return by_fault(&((const struct got *)a)->fault, b);
}

static int take_got(void *arg, const struct story_fault *f)
{
	struct telling *t = arg;

	if (f->slot != t->slot || f->page < 0)
		return 0;
	if (grow((void **)&t->got, t->gots, &t->got_room, sizeof(*t->got)))
		return -ENOMEM;
	t->got[t->gots++] = (struct got){ f->last, (uint64_t)f->page };
	return 0;
}

int stories_slot(const struct stories *s, uint32_t slot)
{
	struct telling t = { .s = s, .page = -1, .slot = slot };
	int r = story_read_lines(s->trace, slot, take_line, &t);

	if (!r)
		r = story_read_faults(s->trace, take_got, &t);
	if (t.gots)			/* one that is not seen to return is among them late */
		qsort(t.got, t.gots, sizeof(*t.got), in_order_of_return);
	if (!r)
		r = tell(&t);
	telling_free(&t);
	return r;
}

static bool has_life(const struct telling *t, uint32_t slot, uint32_t life)
{
	for (size_t i = 0; i < t->lives; i++)
		if (t->life[i].slot == slot && t->life[i].life == life)
			return true;
	return false;
}

static int take_life(void *arg, const struct story_fault *f)
{
	struct telling *t = arg;
	size_t room = t->lives & (t->lives - 1) ? t->lives + 1 : t->lives;
	struct life *life;

	if (f->page != t->page || !f->slot || has_life(t, f->slot, f->life))
		return 0;
	if (room == t->lives) {			/* 0, or a power of two: full */
		life = realloc(t->life, (room ? 2 * room : 1) * sizeof(*life));
		if (!life)
			return -ENOMEM;
		t->life = life;
	}
	t->life[t->lives++] = (struct life){ f->slot, f->life };
	return 0;
}

static int take_page_line(void *arg, const struct story_line *l)
{
	struct telling *t = arg;

	return has_life(t, l->slot, l->life) ? take_line(t, l) : 0;
}

/* Lines of the slots that the page was in, of those lives alone. */
static int take_page_lines(struct telling *t)
{
	int r = 0;

	for (size_t i = 0; i < t->lives && !r; i++) {
		bool taken = false;

		for (size_t j = 0; j < i; j++)
			taken |= t->life[j].slot == t->life[i].slot;
		if (!taken)
			r = story_read_lines(t->s->trace, t->life[i].slot, take_page_line, t);
	}
	return r;
}

int stories_page(const struct stories *s, uint64_t page)
{
	struct telling t = { .s = s, .page = (int64_t)page };
	int r = story_read_faults(s->trace, take_life, &t);

	if (!r && !t.lives)
		r = -ENOENT;
	if (!r)
		r = take_page_lines(&t);
	if (!r)
		r = tell(&t);
	telling_free(&t);
	return r;
}

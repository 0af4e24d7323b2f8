/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any events in any order: a file may say that it has them.  The first bytes say which functions
 * are probed; then eight bytes an event, with few threads, slots and calls, so that they meet.
 * What is told has to hold together: events in order, a loss at most a life.
 */
#include <stdlib.h>
#include <string.h>

#include "replay/story/story.h"

#define PROBE_BYTES	(2 * ((FN_COUNT + 7) / 8))
#define EVENT_BYTES	8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t event, fault, losses;
	struct { uint32_t slot, life; } loss[64];
};

static int on_fault(void *arg, const struct story_fault *f)
{
	struct seen *s = arg;

	if (f->fault != ++s->fault || !f->outcome[0] || f->mapped < -1 || f->mapped > 1)
		abort();
	return 0;
}

static int on_line(void *arg, const struct story_line *l)
{
	struct seen *s = arg;

	if (l->event <= s->event || !l->slot || !l->what[0] || strlen(l->text) >= STORY_TEXT_MAX)
		abort();
	s->event = l->event;
	return 0;
}

static int on_loss(void *arg, const struct story_loss *l)
{
	struct seen *s = arg;

	if (!l->event || !l->life || !l->text[0])
		abort();
	for (uint64_t i = 0; i < s->losses; i++)
		if (s->loss[i].slot == l->slot && s->loss[i].life == l->life)
			abort();
	if (s->losses < 64) {
		s->loss[s->losses].slot = l->slot;
		s->loss[s->losses++].life = l->life;
	}
	return 0;
}

static void make_event(const uint8_t *b, uint64_t id, struct capture_event *e)
{
	static const char *const text[] = {
		"WL read t=1 pg=1 addr=7000 ver=1", "WL CORRUPT pg=1 addr=7000", "WL",
		"prep_r: (do_swap_page+0x1/0x2 <- swapcache_prepare)", " sub=0x1 (", "",
	};
	static const uint64_t folio[] = { 0, 1, 2, (uint64_t)-17 };

	*e = (struct capture_event){
		.id = id, .line = id, .stamp = id, .function = b[0] % FN_COUNT, .side = b[1] % 6,
		.irq = b[1] >> 7, .thread = b[2] % 4, .slot = b[2] / 4 % 4,
		.call = b[3] < id ? id - b[3] : b[3], .folio = folio[b[4] % 4], .ret = (int8_t)b[5],
		.usage = b[6], .left = b[6], .nr = b[4] / 4 % 3, .addr = UINT64_C(0x7000) + b[4],
		.mask = b[7] * 2u | b[4] >> 7, .variant = b[6] % 2,
		.text = text[b[7] % (sizeof(text) / sizeof(text[0]))],
	};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct capture_info info = { 0 };
	struct seen seen = { 0 };
	const struct story_sink sink = { on_fault, on_line, on_loss, &seen };
	struct story_probes p;
	struct capture_event e;
	struct story *s;
	uint64_t id = 0;

	if (size < PROBE_BYTES)
		return 0;
	for (unsigned i = 0; i < FN_COUNT; i++) {
		p.enter[i] = !(data[i / 8] >> i % 8 & 1);
		p.back[i] = !(data[PROBE_BYTES / 2 + i / 8] >> i % 8 & 1);
	}
	s = story_new(&p, &info, &sink);
	for (size_t at = PROBE_BYTES; s && at + EVENT_BYTES <= size; at += EVENT_BYTES) {
		make_event(data + at, ++id, &e);
		if (data[at + 1] == 0x7f)
			story_lost(s);
		if (story_event(s, &e))
			abort();
	}
	if (s && story_end(s))
		abort();
	story_free(s);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a file knows of the program that writes it: its steps and its source, which are written
 * once a file and version, and the fields of a world, each when it is first not 0.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "core/reference.h"
#include "traces/types.h"
#include "traces/write/rows.h"
#include "traces/write/writer.h"

static void digest_text(XXH3_state_t *x, const char *text)
{
	XXH3_128bits_update(x, text, strlen(text) + 1);
}

void program_digest(char *out, size_t size)
{
	XXH3_state_t *x = XXH3_createState();
	XXH128_hash_t h = { 0 };

	if (x) {
		XXH3_128bits_reset(x);
		for (size_t i = 0; i < step_count(); i++) {
			const struct step *s = step_at(i);
			const unsigned char where[] = { s->line >> 8, s->line & 0xff, s->kind };

			digest_text(x, s->func);
			digest_text(x, s->text);
			XXH3_128bits_update(x, where, sizeof(where));
		}
		for (size_t i = 0; i < reference_source_count; i++) {
			digest_text(x, reference_sources[i].name);
			digest_text(x, reference_sources[i].text);
		}
		h = XXH3_128bits_digest(x);
		XXH3_freeState(x);
	}
	snprintf(out, size, "%016llx%016llx", (unsigned long long)h.high64,
		 (unsigned long long)h.low64);
}

static int write_program(struct trace_writer *tw, const char *digest)
{
	int64_t id = 0, first = 0;

	tw_select(tw, SQL_NEXT_PROGRAM, NULL, 0, &id);
	tw_select(tw, SQL_NEXT_STEP, NULL, 0, &first);
	if (tw->error)
		return tw->error;
	/* A frame's pc has 16 bits and holds the number + 1. */
	if (first < 0 || first + (int64_t)step_count() >= UINT16_MAX)
		return tw_fail(tw, -EFBIG, "%s holds too many versions of the program", tw->path);
	tw->program = (int)id;
	tw->first_step = (unsigned)first;
	tw_row(tw, SQL_PROGRAM, INT(id), TEXT(digest));
	for (size_t i = 0; i < step_count(); i++) {
		const struct step *s = step_at(i);

		tw_row(tw, SQL_STEP, INT(first + (int64_t)i), INT(id), TEXT(step_op_name(s)),
		       TEXT(s->text), TEXT(step_file_name(s)), INT(s->line),
		       TEXT(step_kind_name(s->kind)));
	}
	for (size_t i = 0; i < reference_source_count; i++)
		tw_row(tw, SQL_SOURCE, INT(id), TEXT(reference_sources[i].name),
		       TEXT(reference_sources[i].text));
	return tw->error;
}

static int find_program(struct trace_writer *tw)
{
	char digest[DIGEST_MAX];
	int64_t id, first;
	int r;

	program_digest(digest, sizeof(digest));
	r = tw_number(tw, SQL_FIND_PROGRAM, &id, TEXT(digest));
	if (r == -ENOENT)
		return write_program(tw, digest);
	if (r || tw_number(tw, SQL_FIRST_STEP, &first, INT(id)))
		return tw->error;
	if (first < 0 || first + (int64_t)step_count() >= UINT16_MAX)
		return tw_fail(tw, -EBADMSG, "%s is damaged: its steps have no numbers", tw->path);
	tw->program = (int)id;
	tw->first_step = (unsigned)first;
	return 0;
}

uint32_t tw_field(struct trace_writer *tw, size_t field)
{
	const struct field *f = &tw->field[field];

	if (!tw->field_id[field]) {
		int id = rows_field(tw, f->kind, f->index, f->name, field_type(f));

		tw->field_id[field] = id < 0 ? 0 : (uint32_t)id;
	}
	return tw->field_id[field];
}

uint32_t tw_length_field(struct trace_writer *tw, unsigned entry)
{
	if (!tw->length_id[entry]) {
		int id = rows_field(tw, "entry", entry, "length", TYPE_NUMBER);

		tw->length_id[entry] = id < 0 ? 0 : (uint32_t)id;
	}
	return tw->length_id[entry];
}

int tw_dictionary(struct trace_writer *tw)
{
	tw->field = world_fields(&tw->fields);
	tw->field_id = calloc(tw->fields, sizeof(tw->field_id[0]));
	tw->change = calloc(tw->fields + MAX_ENTRIES, sizeof(tw->change[0]));
	if (!tw->field_id || !tw->change)
		return tw_fail(tw, -ENOMEM, "out of memory");
	for (size_t i = 0; i < tw->fields; i++)
		tw->at[tw->field[i].offset] = (uint16_t)(i + 1);
	return rows_dictionary(tw) ? tw->error : find_program(tw);
}

void tw_map_world(const struct trace_writer *tw, const struct world *w, struct world *mapped)
{
	*mapped = *w;
	for (unsigned i = 0; i < MAX_TASKS; i++) {
		for (unsigned j = 0; j < w->task[i].depth && j < MAX_FRAMES; j++) {
			const struct frame *f = &w->task[i].frame[j];
			int step = step_id(f->op, f->pc);

			mapped->task[i].frame[j].pc =
				step < 0 ? 0 : (uint16_t)(tw->first_step + (unsigned)step + 1);
		}
	}
}

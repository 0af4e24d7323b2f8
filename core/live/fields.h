/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fields.h - objects of a live world by the names of their fields: what a step changed, as an
 * event says it, and an event's value put back.  The names are live_fields() (live.h).
 */
#ifndef SWAPSCOPE_CORE_LIVE_FIELDS_H
#define SWAPSCOPE_CORE_LIVE_FIELDS_H

#include "core/live/thread.h"

/*
 * The fields in which two states of an object differ, at most `max` of them.  Values of frameN.pc
 * are the number of the step + 1.  Returns how many.
 */
unsigned object_changes(uint32_t key, const void *before, const void *after,
			struct live_change *to, unsigned max);

/* Most fields that one step can change. */
#define CHANGES_MAX	160

/* All fields that the step just made has changed, of its task and of objects. */
unsigned thread_changes(const struct thread *th, struct live_change *to);

/* Set a field by its number in live_fields(). */
void object_set(uint32_t key, void *object, unsigned field, uint32_t value);

#endif

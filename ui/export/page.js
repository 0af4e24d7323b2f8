/* SPDX-License-Identifier: GPL-2.0-only */
/* Steps through the runs of this page, as the debugger does: ui/view/view.c. */
"use strict";
(function () {
	const data = JSON.parse(document.getElementById("data").textContent);
	const runs = data.runs, two = runs.length > 1;
	const cursor = [0, 0];	/* how many rows were made */
	let focus = 0;

	const of = (side, name) => document.querySelector("#pane" + side + " ." + name);
	const row_at = (side, i) => document.querySelector('.row[data-run="' + side +
		'"][data-at="' + runs[side].rows[i - 1].at + '"]');

	function put(parent, text, style) {
		const e = document.createElement("span");

		e.textContent = text;
		if (style)
			e.className = style;
		parent.append(e);
		return e;
	}

	/* A position as the run counts its steps. */
	function step_number(side) {
		const rows = runs[side].rows;

		return cursor[side] ? rows[cursor[side] - 1].at : rows.length ? rows[0].at - 1 : 0;
	}

	/* ---- moving ---- */

	function move_to(at) {
		cursor[focus] = Math.max(0, Math.min(at, runs[focus].rows.length));
		if (two)
			cursor[1 - focus] = runs[focus].map[cursor[focus]];
	}

	/* At the end of its run a pane lets the other one go on to its own end .. */
	function forward() {
		const other = 1 - focus;

		if (cursor[focus] < runs[focus].rows.length)
			move_to(cursor[focus] + 1);
		else if (two && cursor[other] < runs[other].rows.length)
			cursor[other]++;
	}

	/* .. and takes it back first. */
	function back() {
		const other = 1 - focus;

		if (two && cursor[other] > runs[focus].map[cursor[focus]])
			cursor[other]--;
		else
			move_to(cursor[focus] - 1);
	}

	function first() {
		cursor[0] = cursor[1] = 0;
	}

	function last() {
		runs.forEach((run, side) => { cursor[side] = run.rows.length; });
	}

	function times(n, step) {
		while (n--)
			step();
	}

	/* To the next finding of the pane, or of the other; from the last one to the first. */
	function finding() {
		for (const side of two ? [focus, 1 - focus] : [focus]) {
			const rows = runs[side].rows;
			const found = rows.map((r, i) => i + 1).filter((i) => rows[i - 1].finding);
			const next = found.find((i) => i > cursor[side]) || found[0];

			if (next) {
				focus = side;
				move_to(next);
				return;
			}
		}
	}

	/* Where the runs part each pane shows what its own run does there. */
	function parting() {
		runs.forEach((run, side) => {
			if (run.parted >= 0)
				cursor[side] = Math.min(run.parted + 1, run.rows.length);
		});
	}

	function go(side, at) {
		const i = runs[side].rows.findIndex((r) => r.at === at);

		if (i < 0)
			return;
		focus = side;
		move_to(i + 1);
		show();
	}

	/* ---- showing ---- */

	const words = (line) => line.slice(2).map((w) => w[0]).join(" ");

	function show_objects(side) {
		const pre = of(side, "objects"), mine = runs[side].objects[cursor[side]];
		const other = new Map();

		if (two)
			for (const i of runs[1 - side].objects[cursor[1 - side]])
				other.set(data.lines[i][0], words(data.lines[i]));
		const width = Math.max(8, ...mine.map((i) => data.lines[i][0].length)) + 1;

		pre.replaceChildren();
		for (const i of mine) {
			const line = data.lines[i];
			const at = put(pre, "", two && other.get(line[0]) !== words(line) ?
				       "differs" : "");

			put(at, line[0].padEnd(width), line[1]);
			for (const [text, style, changed] of line.slice(2))
				put(at, (changed ? "*" : " ") + text + " ", style);
			at.append("\n");
		}
	}

	function show_source(side, row) {
		const pre = of(side, "source"), source = row && runs[side].source[row.file];

		of(side, "file").textContent = source ? row.file + ":" + row.line : "";
		pre.hidden = !source;
		pre.replaceChildren();
		if (!source)
			return;
		let line = row.line, end = row.line;

		while (source[line - 1] !== undefined && line > row.line - 8)
			line--;
		while (source[end + 1] !== undefined && end < row.line + 8)
			end++;
		for (; line <= end; line++) {
			const here = line === row.line;

			put(pre, (here ? ">" : " ") + String(line).padStart(5) + "  ",
			    here ? "now" : "dim");
			put(pre, source[line] + "\n", here ? "now" : "");
		}
	}

	function show_pane(side) {
		const run = runs[side], at = cursor[side], row = at ? run.rows[at - 1] : null;
		const changes = of(side, "changes");

		document.getElementById("pane" + side).classList.toggle("focus",
									two && side === focus);
		of(side, "at").textContent = step_number(side) + "/" + run.events;
		of(side, "step").textContent = !row ? "before the first step" :
			row.at + " " + row.task + " " + row.op + "(): " + row.text +
			(row.result ? " = " + row.result : "");
		of(side, "wrong").textContent = row && row.finding ? row.finding : "";
		changes.replaceChildren();
		for (const text of row ? row.changes : []) {
			const item = document.createElement("li");

			item.textContent = text;
			changes.append(item);
		}
		show_objects(side);
		show_source(side, row || run.rows[0]);
	}

	/* The row of the pane that is stepped is in sight, the head of the diagram at the start. */
	function show_diagram() {
		const box = document.getElementById("diagram");

		for (const row of document.querySelectorAll(".row.now"))
			row.classList.remove("now");
		runs.forEach((run, side) => {
			if (cursor[side])
				row_at(side, cursor[side]).classList.add("now");
		});
		if (!cursor[0] && !cursor[1]) {
			box.scrollTop = 0;
			return;
		}
		const lead = cursor[focus] ? focus : 1 - focus;
		const r = row_at(lead, cursor[lead]).getBoundingClientRect();
		const b = box.getBoundingClientRect();

		if (r.top < b.top + 20 || r.bottom > b.bottom - 20)
			box.scrollTop += r.top - b.top - b.height / 2;
	}

	function show() {
		const at = runs.map((run, side) => cursor[side]);

		runs.forEach((run, side) => show_pane(side));
		show_diagram();
		document.getElementById("where").textContent = runs.map((run, side) =>
			"step " + step_number(side) + " of " + run.events).join(" | ");
		history.replaceState(null, "", "#" + focus + ":" + at.join(","));
	}

	/* Where a page was left it opens again; "#s0.19" is what a link says. */
	function from_hash() {
		const left = /^#([01]):(\d+)(?:,(\d+))?$/.exec(location.hash);
		const link = /^#s([01])\.(\d+)$/.exec(location.hash);

		if (link && runs[link[1]]) {
			go(+link[1], +link[2]);
		} else if (left && runs[left[1]]) {
			focus = +left[1];
			runs.forEach((run, side) => {
				cursor[side] = Math.min(+(left[2 + side] || 0), run.rows.length);
			});
		}
	}

	/* ---- keys and clicks ---- */

	const keys = {
		ArrowRight: forward, ArrowLeft: back, l: forward, h: back, Home: first, End: last,
		PageDown: () => times(10, forward), PageUp: () => times(10, back),
		f: finding, d: parting,
	};

	document.addEventListener("keydown", (e) => {
		if (e.ctrlKey || e.altKey || e.metaKey || !Object.hasOwn(keys, e.key))
			return;
		e.preventDefault();
		keys[e.key]();
		show();
	});
	for (const [id, step] of Object.entries({ first, back, forward, last, finding, parting })) {
		const button = document.getElementById(id);

		if (button)
			button.addEventListener("click", () => { step(); show(); });
	}
	document.addEventListener("click", (e) => {
		const step = e.target.closest("[data-at]");

		if (!step)
			return;
		e.preventDefault();
		go(+step.dataset.run, +step.dataset.at);
	});
	runs.forEach((run, side) => {
		document.getElementById("pane" + side).addEventListener("focusin", () => {
			if (focus === side)
				return;
			focus = side;
			show();
		});
	});
	window.addEventListener("hashchange", () => { from_hash(); show(); });

	document.querySelector("nav").hidden = false;
	document.getElementById("panes").hidden = false;
	document.body.classList.add("live");
	document.getElementById("finding").disabled = !runs.some((run) =>
		run.rows.some((r) => r.finding));
	from_hash();
	show();
})();

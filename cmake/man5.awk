# SPDX-License-Identifier: GPL-2.0-only
# A page of docs/ as a man page of section 5: awk -v name=NAME -v date=DATE -f man5.awk PAGE.md
#
# What of Markdown these pages have: headings, paragraphs, lists in lists, tables, code (in a line,
# fenced, indented), bold, links, whose targets a manual has no use for, and comments.

BEGIN {
	if (name == "" || date == "") {
		print "man5.awk: a name and a date are needed" >"/dev/stderr"
		exit 1
	}
	WIDTH = 72		# of a table: 80 columns less the indentation of the text
	LINE = 78		# of the source
	GAP = 3			# what tbl has between columns
	FS = "\n"
}

# ---- text ----

# Characters of code, which stay what they are.
function literal(s)
{
	gsub(/\\/, "\\e", s)
	gsub(/-/, "\\-", s)
	gsub(/'/, "\\(aq", s)
	gsub(/`/, "\\(ga", s)
	gsub(/\^/, "\\(ha", s)
	gsub(/~/, "\\(ti", s)
	return s
}

# `code`, **bold**, *words* and [links](..) of a text; with `plain`, as it will be seen.
function inline(s, plain,    out, i, at)
{
	out = ""
	while (match(s, /`[^`]*`|\*\*[^*]*\*\*|\*[^* ][^*]*\*|\[[^]]*\]\([^)]*\)|\\/)) {
		at = substr(s, RSTART, RLENGTH)
		out = out substr(s, 1, RSTART - 1)
		s = substr(s, RSTART + RLENGTH)
		if (at == "\\") {
			out = out substr(s, 1, 1)
			s = substr(s, 2)
		} else if (at ~ /^`/) {
			at = substr(at, 2, length(at) - 2)
			out = out (plain ? at : "\\fB" literal(at) "\\fR")
		} else if (at ~ /^\*\*/) {
			at = substr(at, 3, length(at) - 4)
			out = out (plain ? at : "\\fB" at "\\fR")
		} else if (at ~ /^\*/) {
			at = substr(at, 2, length(at) - 2)
			out = out (plain ? at : "\\fI" at "\\fR")
		} else {
			at = substr(at, 2, index(at, "](") - 2)
			out = out inline(at, plain)
		}
	}
	return out s
}

# A heading's words, none of which is a macro ("An").
function heading(s,    n, i, word, out)
{
	n = split(inline(s, 1), word, / +/)
	for (i = 1; i <= n; i++)
		out = out (i > 1 ? " " : "") (word[i] ~ /^[A-Z][a-z]$/ ? "\\&" : "") word[i]
	return out "\\&"		# nor is its end a delimiter
}

# Print a text in lines; a sentence begins one.
function fill(s,    n, i, word, line)
{
	n = split(inline(s, 0), word, / +/)
	line = ""
	for (i = 1; i <= n; i++) {
		if (word[i] ~ /\.\.$/)
			word[i] = word[i] "\\&"		# "1 .. 9" is no end
		if (line != "" && length(line) + 1 + length(word[i]) > LINE) {
			print line
			line = ""
		}
		if (line == "" && word[i] ~ /^[.']|^[a-z_]+\(\)/)
			word[i] = "\\&" word[i]
		line = line (line == "" ? "" : " ") word[i]
		if (word[i] ~ /[.?!]("|\))*$/) {
			print line
			line = ""
		}
	}
	if (line != "")
		print line
}

function paragraph()
{
	if (text == "")
		return
	if (between && !fresh)
		print ".Pp"
	fill(text)
	text = ""
	between = fresh = 0
}

# Whatever is under way but lists ends here.
function flush()
{
	paragraph()
	if (rows)
		table()
	if (code)
		print ".Ed"
	code = 0
}

# ---- lists: of each that is open, where its marks and its texts begin ----

function close_lists(column)
{
	while (depth && inner[depth] > column) {
		depth--
		print ".El"
		fresh = 0
	}
}

function item(column, mark, s)
{
	flush()
	while (depth && outer[depth] > column) {
		depth--
		print ".El"
	}
	if (!depth || outer[depth] < column) {
		depth++
		outer[depth] = column
		inner[depth] = column + length(mark)
		if (between && !fresh)
			print ".Pp"
		print ".Bl " (mark ~ /^\*/ ? "-bullet" : "-enum") " -width 2n -compact"
	}
	print ".It"
	fresh = 1
	between = 0
	text = s
}

# ---- tables ----

function row(s,    n, i, part)
{
	gsub(/\\\|/, "\001", s)
	n = split(substr(s, 2), part, /\|/) - 1
	if (part[1] ~ /^ *-+ *$/)
		return
	rows++
	columns = n
	for (i = 1; i <= n; i++) {
		gsub(/\001/, "|", part[i])
		gsub(/^ +| +$/, "", part[i])
		cell[rows, i] = part[i]
	}
}

# Widths as a browser gives them: what fits is as wide as it is, the rest shares what is left.
function widths(    i, j, n, s, word, left, open, all, changed)
{
	for (i = 1; i <= columns; i++) {
		need[i] = least[i] = done[i] = 0
		for (j = 1; j <= rows; j++) {
			s = inline(cell[j, i], 1)
			if (length(s) > need[i])
				need[i] = length(s)
			n = split(s, word, / +/)
			for (; n; n--)
				if (length(word[n]) > least[i])
					least[i] = length(word[n])
		}
	}
	left = WIDTH - GAP * (columns - 1)
	open = columns
	do {
		changed = 0
		for (i = 1; i <= columns; i++)
			if (!done[i] && need[i] <= left / open) {
				width[i] = need[i]
				left -= need[i]
				open--
				done[i] = changed = 1
			}
	} while (changed && open)
	# the narrowest first: it may need more than its share
	while (open) {
		n = all = 0
		for (i = 1; i <= columns; i++)
			if (!done[i]) {
				all += need[i] < 3 * least[i] ? need[i] : 3 * least[i]
				if (!n || least[i] > least[n])
					n = i
			}
		i = need[n] < 3 * least[n] ? need[n] : 3 * least[n]
		width[n] = int(left * i / all)
		if (width[n] < least[n])
			width[n] = least[n]
		left -= width[n]
		done[n] = 1
		open--
	}
}

function layout(style,    i, s)
{
	for (i = 1; i <= columns; i++)
		s = s (i > 1 ? " " : "") "l" style "w(" (width[i] ? width[i] : 1) "n)"
	return s
}

function table(    i, j, first)
{
	widths()
	first = 1
	while (first <= columns && cell[1, first] == "")
		first++
	print (fresh ? "" : ".Pp\n") ".TS"
	# a table whose head is empty has none
	print (first > columns ? "" : layout("b") "\n") layout("") "."
	for (j = first > columns ? 2 : 1; j <= rows; j++)
		for (i = 1; i <= columns; i++) {
			if (cell[j, i] != "") {
				print "T{"
				fill(cell[j, i])
				printf "T}"
			}
			printf "%s", (i < columns ? "\t" : "\n")
		}
	print ".TE"
	rows = 0
	between = 1
	fresh = 0
}

# ---- the page ----

{ sub(/\r$/, "") }

fenced {
	if ($0 ~ /^ *```/) {
		fenced = 0
		flush()
	} else {
		$0 = literal($0)
		print ($0 ~ /^[.]/ ? "\\&" : "") $0
	}
	next
}

/^ *<!--.*-->$/ { next }

/^ *```/ {
	flush()
	print ".Bd -literal -offset 2n"
	fenced = code = 1
	fresh = 0
	next
}

/^ *$/ {
	paragraph()
	if (rows)
		table()
	between = 1
	next
}

{
	match($0, /^ */)
	column = RLENGTH
	$0 = substr($0, column + 1)
}

# indented code; lines of it may have a blank one between them
text == "" && column >= (depth ? inner[depth] : 0) + 4 {
	if (!code)
		print ".Bd -literal -offset 2n"
	else if (between)
		print ""
	code = 1
	between = fresh = 0
	print literal($0)
	next
}
code { flush() }

/^\| / { if (!rows) flush(); row($0); next }

/^#+ / {
	flush()
	close_lists(0)
	match($0, /^#+/)
	level = RLENGTH
	$0 = substr($0, level + 2)
	if (level == 1) {
		print "'\\\" t"	# man runs tbl
		print ".\\\" SPDX-License-Identifier: GPL-2.0-only"
		print ".Dd " date "\n.Dt " toupper(name) " 5\n.Os\n.Sh NAME\n.Nm " name
		print ".Nd " tolower($0) "\n.Sh DESCRIPTION"
	} else if (level == 2) {
		print ".Sh " heading($0 ~ /^\[/ ? $0 : toupper($0))
	} else {
		print ".Ss " heading($0)
	}
	fresh = 1
	next
}

/^(\*|[0-9]+\.) / {
	match($0, /^[^ ]+ +/)
	item(column, substr($0, 1, RLENGTH), substr($0, RLENGTH + 1))
	next
}

{
	if (text == "" && between && depth && column < inner[depth]) {
		close_lists(column)
		between = 1
	}
	text = text (text == "" ? "" : " ") $0
}

END {
	if (name == "" || date == "")
		exit 1
	flush()
	close_lists(0)
	print ".Sh SEE ALSO\n.Xr swapscope 1 ,"
	print ".Xr swapscope-" (name ~ /trace/ ? "scenario" : "trace") " 5"
}

"""Pairs of texts that share at least four fifths of their distinct lines (Jaccard ≥ 0.8), exactly.

Prefix filtering (Chaudhuri, Ganti, Kaushik 2006): with lines in one global order, rarest first, two
sets that are similar enough share a line among the first n - ⌈0.8 n⌉ + 1 of each. Only such pairs
are counted out; no pair is missed.
"""
from collections import Counter, defaultdict

TEXTS_MOST = 20_000        # past it the comparison is left out, and the survey says so


def similar_pairs(sketches):
    """`sketches`: {id: sorted distinct line hashes}. Rows (a, b, shared, together), a < b."""
    frequency = Counter(line for lines in sketches.values() for line in lines)
    holders, pairs = defaultdict(list), []
    sets = {number: frozenset(lines) for number, lines in sketches.items()}
    for number in sorted(sketches):
        lines = sorted(sketches[number], key=lambda line: (frequency[line], line))
        prefix = lines[:len(lines) - (4 * len(lines) + 4) // 5 + 1]
        candidates = {other for line in prefix for other in holders[line]}
        for other in sorted(candidates):
            found = _compare(sets[other], sets[number])
            if found:
                pairs.append((other, number, *found))
        for line in prefix:
            holders[line].append(number)
    return sorted(pairs)


def _compare(one, two):
    if 5 * min(len(one), len(two)) < 4 * max(len(one), len(two)):
        return None
    shared = len(one & two)
    together = len(one) + len(two) - shared
    return (shared, together) if 5 * shared >= 4 * together else None

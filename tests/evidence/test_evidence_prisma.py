"""The numbers of PRISMA add up, and a list that contradicts itself is told."""

import pytest

from hepasome.evidence import read_prisma
from hepasome.files import InputError

HEADER = "id,source,duplicate_of,screening,retrieved,eligibility,reason,study\n"
ROWS = """\
a,database,,included,yes,included,,s1
b,database,a,,,,,
c,register,,excluded,,,,
d,database,,included,no,,,
e,other,,included,yes,excluded,no control,
f,database,,included,yes,excluded,no control,
g,database,,included,yes,included,,s1
h,database,,included,yes,included,,s2
i,register,,,,,,
j,database,,included,,,,
k,database,,included,yes,,,
"""


@pytest.fixture
def records(tmp_path):
    def write(rows):
        (tmp_path / "records.csv").write_text(HEADER + rows)
        return tmp_path / "records.csv"

    return write


def test_the_numbers_are_those_of_the_list(records):
    found = read_prisma(records(ROWS))
    assert found.identified == {"database": 8, "register": 2, "other": 1}
    assert (found.duplicates, found.screened, found.excluded) == (1, 9, 1)
    assert (found.sought, found.not_retrieved, found.assessed) == (8, 1, 5)
    assert found.excluded_reports == {"no control": 2}
    assert (found.reports, found.studies, found.open) == (3, 2, 3)


def test_the_numbers_of_the_flow_add_up(records):
    found = read_prisma(records("".join(row + "\n" for row in ROWS.strip().split("\n") if row[0] not in "ijk")))
    assert found.open == 0
    assert sum(found.identified.values()) - found.duplicates == found.screened
    assert found.screened - found.excluded == found.sought
    assert found.sought - found.not_retrieved == found.assessed
    assert found.assessed - sum(found.excluded_reports.values()) == found.reports


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("b,database,a,,", "b,database,a,included,", "A duplicate is not screened"),
        ("b,database,a", "b,database,z", "repeats no record that is kept"),
        ("b,database,a", "b,database,b", "repeats no record that is kept"),
        ("c,register,,excluded,", "c,register,,excluded,yes", "sought only after"),
        ("d,database,,included,no,", "d,database,,included,no,included", "judged only if it was retrieved"),
        ("e,other,,included,yes,excluded,no control", "e,other,,included,yes,excluded,", "needs its reason"),
        ("h,database,,included,yes,included,,s2", "h,database,,included,yes,included,,", "needs the id of its study"),
        ("c,register", "a,register", "stands 2 times"),
        ("c,register", "c,friends", "not one of the allowed words"),
    ],
)
def test_a_list_that_contradicts_itself_is_told(records, old, new, sentence):
    assert ROWS.count(old) == 1
    with pytest.raises(InputError, match=sentence):
        read_prisma(records(ROWS.replace(old, new)))

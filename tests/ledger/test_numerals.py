import pytest

from sourcebook.ledger.markup import COMPUTED
from sourcebook.ledger.numerals import find_numerals

# Each row: a sentence, and the numbers in it that somebody typed.
SENTENCES = [
    # digits
    ("The treaty has 47 articles.", ["47"]),
    ("Trade rose by 2.5 % to 4,800 million dollars.", ["2.5 %", "4,800"]),
    ("A rate of 3:1, or 5x, or ½ of it.", ["3:1", "5x", "½"]),
    ("It cost USD50 or €300.", ["50", "300"]),
    ("the 3rd attempt, a top-10 list", ["3rd", "10"]),
    (f"{COMPUTED * 9} billion dollars and 12 more", ["12"]),
    # names
    ("S-300PMU2 and Su-35 fighters, Mi-28NE, Fath-360, Bushehr-2, Soyuz-2.1b", []),
    ("E3 and P5+1 on Resolution 2231 and Articles 3(3) and 5(4), Article 51", []),
    ("reactor 2, reactors 2 and 3, unit 1 and ICD 203, graded B2, on A4", []),
    ("articles 47 of them, 300 units, in the article 12 times, this chapter 4", ["47", "300", "12", "4"]),
    ("the Group of Seven after the Twelve-Day War and the Second World War", []),
    ("eco-03 and eco-99 stand here", ["99"]),
    ("as “The 7 towns” says of 7 towns", ["7"]),
    # dates
    ("on 17 January 2025, 14–15 June 2025, from 12 to 24 June, and on 6 and 13 June", []),
    ("in June 2025, May and June 2025, autumn 2024, mid-2025, Q1 2025", []),
    ("2022-12-09 and 2025-06-14/2025-06-15", []),
    ("the 1990s, 2020–24, 2015–19, 2024/25, the 18th and 19th centuries, the twentieth century", []),
    ("in the second half of 2024, the first quarter of 2025 and the first half of June", []),
    ("In 2013 drones flew; by 2021 Iran was ahead; 2021 and 2022 show none; the 2018 arrangement", []),
    (f"from {COMPUTED * 5}–2023, {COMPUTED * 4} to 2025, the year to March 2025", []),
    ("at 04:00 UTC in the year 1403", []),
    ("It sent 2013 drones, more than 2000 people, 1990 million tonnes and 2,013 tents.", ["2013", "2000", "1990", "2,013"]),
    ("48 June, 14 Junes", ["48", "14"]),
    ("In May 12 drones flew.", ["12"]),
    # cardinals
    ("Three items, four lanes and twenty-five states in two-thirds of cases", ["Three", "four", "twenty-five", "two-thirds"]),
    ("the two capitals, these two and those two, but two capitals", ["two"]),
    ("a two-way road with two ways", ["two"]),
    ("the scale starts at zero, nearer to zero, above zero", []),
    ("Trade fell to zero.", ["zero"]),
    # one
    ("one of them, no one, one another, the one that came, every one, a new one, this one", []),
    ("one side and the other, on one line, one by one, one at a time, one-sided, one choice changed at a time", []),
    ("one state condemns and another keeps silent", []),
    ("each mark is one claim; relays of a wire count as one origin", []),
    ("One analyst is named; there is one event and one private counter.", ["One", "one", "one"]),
    # hundreds and more
    (f"{COMPUTED * 8} million barrels, in billion dollars, thousand tonnes", []),
    ("a million barrels, several thousand tonnes, hundreds of drones, a dozen", ["million", "thousand", "hundreds", "dozen"]),
    # ordinals
    ("the first call since 2013; second, it did not; Third, the rest", []),
    ("third countries, third states, a third party", []),
    ("the third call, the second-largest buyer, every second year", ["third", "second", "second"]),
    # fractions and multiples
    ("half of it, a quarter, a third of trade, twice as much, doubled, threefold", ["half", "quarter", "third", "twice", "doubled", "threefold"]),
    ("double standards, half-hearted, in some quarters, the headquarters", []),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "found"), SENTENCES)
def test_numbers_are_told_from_dates_names_and_idioms(sentence, found):
    names = frozenset(("eco-03", "The 7 towns"))
    assert [numeral.text for numeral in find_numerals(sentence, names)] == found


def test_a_line_end_is_a_space_like_any_other():
    assert list(find_numerals("from 12\nto 24\nJune\n2025, Resolution\n2231, one\nof them")) == []


def test_a_number_knows_where_it_stands():
    (numeral,) = find_numerals("On 6 May it had 12 drones.")
    assert (numeral.start, numeral.end, numeral.text) == (16, 18, "12")

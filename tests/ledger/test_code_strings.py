import pytest

from sourcebook.ledger.code_strings import read_strings


def read(code):
    return [string.text.replace("\N{OBJECT REPLACEMENT CHARACTER}", "?") for string in read_strings(code)]


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("bars(f, title='Twelve', category='state', sources=['a b'])", ["Twelve"]),
        ("bars(f, title=f'{n} of 47 hold', note='x' + 'y', events=[('2007', 'S-300 ordered')])",
         ["? of 47 hold", "x", "y", "2007", "S-300 ordered"]),
        ("table(f, [Column('count', 'Number'), Column('id', label='Id')], notes=['Twelve'])", ["Number", "Id", "Twelve"]),
        ("words = {'E100': 'Ten months derived', 'two words': 'one'}", ["Ten months derived", "two words"]),
        ("f.query('year > 2014 and a')['in 12 steps']; f['a b'] = 'seen twice'; f[f.x == 'a b']", ["seen twice"]),
        ("def g():\n    '''Two words.'''\n    return cite('a b')", []),
        ("title = ('Three times'\n  ' as often').replace('Three', word)", ["Three times as often"]),
        ("%matplotlib inline\nx = 'two words'", ["two words"]),
        ("not python at all", []),
    ],
)  # fmt: skip
def test_strings_that_a_reader_sees_are_found(code, texts):
    assert read(code) == texts

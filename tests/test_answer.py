"""The one answer: its numbers, its words, and that every door says the same."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import drawdown
from drawdown import compare
from drawdown.cli import main
from drawdown.day.phases import AFTER, RUNNING, WHOLE, Phase
from drawdown.declared import data_files
from drawdown.declared.arrays import Floats
from drawdown.declared.columns import MOTIVES, STRUCTURES
from drawdown.declared.language import LANGUAGES, Language
from drawdown.declared.scenario import Scenario
from drawdown.exercise import game
from drawdown.questions import answer
from drawdown.questions.compare import Comparison
from drawdown.questions.phases import REFERENCE
from drawdown.views import brief, tables
from drawdown.views.terminal_tables import Console
from drawdown.web import page_bundle
from drawdown.web.address import View, offered
from drawdown.web.explore import Explorer

ROOT = data_files.project_root() or Path()
HEADLINE = ("combat-to-advisory", REFERENCE, "full-withdrawal")
W, S = 60, 3
MOST_WORDS = 25
QUIET = "no attack in its last 180 days, of 100 worlds"


# --- numbers of worlds that are made by hand ---


def made(
    case: Floats,
    base: Floats,
    stops: tuple[Floats, Floats] | None = None,
    name: str = RUNNING,
    wish: Floats | None = None,
) -> answer.Part:
    phase = Phase(name, date(2021, 7, 26), date(2022, 7, 25))
    motive = np.arange(W) % 2
    counts = {o: (case, base) for o in answer.COUNTED}
    quiet = stops or (np.zeros((S, W)), np.zeros((S, W)))
    motives = {MOTIVES[k]: motive == k for k in (0, 1)}
    left = np.zeros(W) if wish is None else wish
    return answer.part_of(phase, counts, quiet, STRUCTURES, motives, left)


def told(*parts: answer.Part) -> answer.Answer:
    titles = ({"en": "A", "ar": "ا"}, {"en": "B", "ar": "ب"})
    return answer.Answer(*titles, parts, W, 0, STRUCTURES)


@pytest.fixture
def base() -> Floats:
    return np.random.default_rng(0).poisson(40.0, (S, W)) * 1.0


def test_fewer_is_fewer_than_under_the_baseline(base: Floats) -> None:
    """Catches a ratio upside down, and a sign or a word that points the other way."""
    fewer, more = told(made(base / 2, base)), told(made(base * 1.5, base))
    english = Language()
    assert "50% fewer attacks" in fewer.sentences(english)[0]
    assert "50% more attacks" in more.sentences(english)[0]
    assert fewer.rows(english)[0] == ["attacks on foreign sites", "\u221250"]
    assert more.rows(english)[0] == ["attacks on foreign sites", "+50"]
    assert fewer.parts[0].directions() == (6, 0, 0)
    assert more.parts[0].directions() == (0, 6, 0)


def test_a_change_that_chance_may_have_made_is_not_called_one(base: Floats) -> None:
    """Catches a mean told as sure that its interval does not bear out, and one by chance."""
    noise = np.random.default_rng(1).normal(0.0, 30.0, (1, W)) * np.ones((S, 1))
    unsure = made(base + noise, base)
    change = unsure.changes["attacks_foreign"]
    assert change.low < 1.0 < change.high
    assert "attacks: no sure change" in told(unsure).sentences(Language())[0]
    same = told(made(base, base))
    assert "about as many attacks (41 for 41)" in same.sentences(Language())[0]
    assert same.parts[0].directions() == (0, 0, 6)
    nothing = told(made(base, np.zeros((S, W))))
    assert "no attacks to compare with" in nothing.sentences(Language())[0]


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.05, "Attacks do not stop"),
        (0.2, "mostly do not stop"),
        (0.5, "coin toss"),
        (0.7, "mostly stop"),
        (0.95, "Attacks stop"),
    ],
)
def test_a_stop_is_that_of_the_policy_in_the_last_part(
    share: float, words: str, base: Floats
) -> None:
    """Catches the baseline's share, that of the first part, and words one step off."""
    stops = (np.arange(W) < share * W) * np.ones((S, 1))
    last = made(base, base, (stops, np.ones((S, W))), AFTER)
    one = told(made(base, base), last)
    sentence = one.sentences(Language())[2]
    assert words in sentence
    assert f"{share * 100:.0f} of 100 worlds, against 100." in sentence
    by_name = {row[0]: row[1:] for row in one.rows(Language())}
    assert by_name[QUIET][0].startswith("0 [")
    assert by_name[QUIET][1].startswith(f"{share * 100:.0f} [")
    assert by_name["… under the other policy"] == ["0", "100"]


def test_what_decides_is_what_moves_it_most(base: Floats) -> None:
    """Catches the least and the most swapped, a part of the worlds misnamed, and chance."""
    odd = np.arange(W) % 2
    by_motive = told(made(base * np.where(odd, 1.0, 0.5), base)).decides()
    assert by_motive is not None
    assert by_motive[:2] == ("attacks", "motive")
    assert [g.motive for g in by_motive[2:]] == list(MOTIVES[:2])
    by_structure = told(made(base * np.array([[1.0], [0.5], [0.9]]), base)).decides()
    assert by_structure is not None
    assert by_structure[:2] == ("attacks", "structure")
    assert [g.structure for g in by_structure[2:]] == [STRUCTURES[1], STRUCTURES[0]]
    assert told(made(base, base)).decides() is None
    # Where they may stop or not, it is the stop that is asked about: here the small wish.
    wish = np.linspace(1.0, 0.0, W)
    stops = (wish < 0.5) * np.ones((S, 1))
    by_wish = told(made(base, base, (stops, stops), wish=wish)).decides()
    assert by_wish is None, "twelve worlds of a fifth are too few to tell"


def test_a_small_wish_is_told_from_a_large_one() -> None:
    """Catches fifths in the order of the worlds, or of another number than the wish."""
    wish = np.random.default_rng(2).permutation(np.linspace(0.0, 1.0, 200))
    stops = ((wish < 0.5) * np.ones((S, 1)),) * 2
    base = np.ones((S, 200))
    phase = Phase(AFTER, date(2023, 1, 1), date(2023, 12, 31))
    counts = {o: (base, base) for o in answer.COUNTED}
    motives = {MOTIVES[0]: np.ones(200, bool)}
    part = answer.part_of(phase, counts, stops, STRUCTURES, motives, wish)
    assert [round(g.stop, 2) for g in part.groups["wish"]] == [1.0, 1.0, 0.5, 0.0, 0.0]
    found = told(part)
    decided = found.decides()
    assert decided is not None
    assert decided[:2] == ("stop", "wish")
    assert "100 of 100 where small, 0 where large" in found.sentences(Language())[-1]


def test_too_few_worlds_say_nothing_of_readings(base: Floats) -> None:
    """Catches certainty from a handful of worlds."""
    part = made(base / 2, base)
    few = [replace(g, worlds=answer.FEWEST - 1) for g in part.groups["reading"]]
    one = told(replace(part, groups={**part.groups, "reading": few}))
    assert one.sentences(Language())[-1].startswith("Too few worlds")
    assert one.parts[0].directions() == (0, 0, 0)


def test_numbers_that_are_read_again_are_the_same(base: Floats) -> None:
    """Catches a number that is lost on the way to a page, and a day that moves."""
    one = told(made(base / 2, base))
    again = answer.Answer.of_numbers(json.loads(json.dumps(one.numbers())))
    for code in LANGUAGES:
        assert again.sentences(Language(code)) == one.sentences(Language(code))
        assert again.rows(Language(code)) == one.rows(Language(code))


# --- the headline at every door ---


@pytest.fixture(scope="module")
def played() -> Comparison:
    return compare(HEADLINE, baseline=REFERENCE, bands=False)


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def test_the_stored_answers_are_those_of_today(played: Comparison) -> None:
    """Catches rules that moved without ``make expected``: README, pages and site would lie."""
    stored = answer.stored()["answers"]
    for name in HEADLINE:
        found = rounded(json.loads(json.dumps(answer.of(played, name).numbers())))
        assert found == stored[name], name


@pytest.mark.long
def test_every_stored_answer_is_that_of_today() -> None:
    """Catches a scenario whose page begins with another answer than ``compare`` gives."""
    names = list(offered())
    found = compare([REFERENCE, *(n for n in names if n != REFERENCE)], bands=False)
    for name in names:
        numbers = json.loads(json.dumps(answer.of(found, name).numbers()))
        assert rounded(numbers) == answer.stored()["answers"][name], name


def test_a_policy_is_told_in_its_phases_with_dates(played: Comparison) -> None:
    """Catches the whole run told for a part, a part left out, and an audience swapped."""
    one = answer.of(played, "combat-to-advisory")
    assert [(p.name, str(p.last)) for p in one.parts] == [
        (RUNNING, "2022-12-31"),
        (AFTER, "2023-12-31"),
    ]
    for part in one.parts:
        phase = next(p for p in played.phases["combat-to-advisory"] if p.name == part.name)
        for outcome in answer.COUNTED:
            e = played.phase_change("combat-to-advisory", "pooled", phase, outcome)
            change = part.changes[outcome]
            assert (change.ratio, change.low, change.high) == (e.mean, e.low, e.high)
            assert change.ratio == pytest.approx(change.case / change.base)
        stop = played.phase_level("combat-to-advisory", "pooled", phase, "stop_180")
        assert (part.stop, part.least, part.most) == (stop.mean, stop.future_low, stop.future_high)
        lived = played.in_phase(REFERENCE, "pooled", phase, "stop_180").mean()
        assert part.stop_base == pytest.approx(lived)
    assert [p.name for p in answer.of(played, REFERENCE).parts] == [WHOLE]
    assert len(answer.all_of(played)) == 2


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_door_says_the_same_to_the_digit(
    code: str, played: Comparison, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a door that works the answer out by itself, or in one language otherwise."""
    language = Language(code)
    mine = answer.all_of(played)
    wanted = [s for one in mine for s in one.sentences(language)]
    table = answer.table(mine, language)
    monkeypatch.setenv("COLUMNS", "80")
    words = f"compare {' '.join(HEADLINE)} --baseline {REFERENCE} --brief --lang {code} --name h"
    done = CliRunner().invoke(main, words.split())
    assert done.exit_code == 0, done.output

    def plain(text: str) -> str:
        return " ".join(re.sub("[\u200e\u200f]", "", text).split())

    short = answer.table(mine, language, short=True)
    # The terminal, in one screen, with where the rest is.
    lines = done.stdout.splitlines()
    assert len(lines) <= 25
    assert "drawdown show h" in lines[-1]
    shown = plain(done.stdout)
    for sentence in wanted:
        assert plain(sentence) in shown
    for row in short[1]:
        assert all(cell in done.stdout for cell in row)
    folder = results / "h"
    texts = {n: (folder / n).read_text(encoding="utf-8") for n in ("answer.md", "brief.md")}
    page = (folder / "brief.html").read_text(encoding="utf-8")
    for row in table[1]:
        assert f"| {' | '.join(row)} |" in texts["answer.md"]
        assert f"| {' | '.join(row)} |" in texts["brief.md"]
        assert all(cell in page for cell in row)
    for sentence in wanted:
        assert sentence in texts["answer.md"]
    for one in mine:
        for sentence in (*one.with_intervals(language), *one.sentences(language)[-2:]):
            assert sentence in texts["brief.md"]
            assert sentence in page
        for part, sentence in zip(one.parts, one.with_intervals(language), strict=True):
            for outcome in ("attacks_foreign", "dead_us"):
                change = part.changes[outcome]
                assert f"\u2026\u00a0{answer.signed(change.most - 1.0)})" in sentence
                assert answer.count_text(change.base) in sentence
    # A notebook, the server of Explore, a page's first paint, and a site.
    assert plain(" ".join(mine[0].sentences(language))) in plain(mine[0].markdown(language))
    for one, name in zip(mine, (HEADLINE[0], HEADLINE[2]), strict=True):
        numbers = Explorer().answer(View(case=name))
        assert numbers is not None
        served = answer.Answer.of_numbers(numbers)
        assert served.sentences(language) == one.sentences(language)
        assert served.rows(language) == one.rows(language)
        assert page_bundle.numbers()["answers"][name] == numbers
    assert page_bundle.first_answer(language)["sentences"] == mine[0].sentences(language)


def test_the_readme_says_what_the_command_prints(played: Comparison) -> None:
    """Catches a number in README that no command prints today."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    english, mine = Language(), answer.all_of(played)
    for row in answer.table(mine, english)[1]:
        assert f"| {' | '.join(row)} |" in text
    assert mine[0].legend(english) in text
    assert mine[0].made(english) in text
    first, after = (part.changes for part in mine[0].parts)
    assert 0.175 < 1.0 - first["attacks_foreign"].ratio < 0.225, "about a fifth"
    assert 0.22 < 1.0 - first["dead_us"].ratio < 0.28, "a quarter"
    assert 0.0 <= 1.0 - after["attacks_foreign"].ratio < 0.05, "next to no difference"
    gone = mine[1].parts[1]
    assert gone.changes["attacks_foreign"].ratio < 0.1, "a small part"
    assert gone.changes["attacks_state"].low > 2.0, "more than double"
    assert 0.4 <= gone.stop < 0.6, "a coin toss"
    decided = mine[1].decides()
    assert decided is not None
    assert decided[:2] == ("stop", "wish")


def test_an_ensemble_that_is_played_alone_is_held_against_presence(results: Path) -> None:
    """Catches levels told for changes, other worlds for the other policy, and a phase lost."""
    done = CliRunner().invoke(
        main,
        [
            "run",
            "full-withdrawal",
            "--runs",
            "60",
            "--no-figures",
            "--name",
            "alone",
            "--seed",
            "3",
        ],
    )
    assert done.exit_code == 0, done.output
    two = compare([REFERENCE, "full-withdrawal"], runs=60, seed=3, bands=False)
    text = (results / "alone" / "answer.md").read_text(encoding="utf-8")
    for sentence in answer.of(two).sentences(Language()):
        assert sentence in text
    done = CliRunner().invoke(main, f"run {REFERENCE} --runs 20 --no-figures --name base".split())
    assert "attacks a month and" in " ".join(done.stdout.split())
    done = CliRunner().invoke(main, ["run", "record-2020-2021", "--runs", "20", "--no-figures"])
    assert done.exit_code == 0, done.output
    assert "From 1 January 2020 to" in " ".join(done.stdout.split())


def test_details_are_printed_again_as_wide_as_the_terminal(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches tables that are lost, an old width, and a result without them."""
    words = f"compare {REFERENCE} full-withdrawal --runs 60 --no-figures --name d".split()
    assert CliRunner().invoke(main, words).exit_code == 0
    monkeypatch.setenv("COLUMNS", "80")
    narrow = CliRunner().invoke(main, ["show", "d"])
    monkeypatch.setenv("COLUMNS", "220")
    wide = CliRunner().invoke(main, ["show", "d"])
    assert narrow.exit_code == wide.exit_code == 0
    for done in (narrow, wide):
        for heading in ("Do the attacks stop?", "While it runs, and afterwards", "P(stop) 60"):
            assert heading in done.stdout
    assert len(narrow.stdout.splitlines()) > len(wide.stdout.splitlines())
    (results / "d" / "details.json").write_text("[]", encoding="utf-8")
    done = CliRunner().invoke(main, ["show", "d"])
    assert done.exit_code == 2
    assert "holds no details.json that can be read" in done.output
    assert CliRunner().invoke(main, ["show", "nowhere"]).exit_code == 2


def test_a_memo_is_a_word_file_too(results: Path) -> None:
    """Catches a memo without its picture, its table or its numbers, and Arabic from the left."""
    import docx

    for code in LANGUAGES:
        words = f"compare {REFERENCE} full-withdrawal --runs 60 --brief --lang {code} --name m"
        assert CliRunner().invoke(main, [*words.split(), "--overwrite"]).exit_code == 0
        document = docx.Document(str(results / "m" / "brief.docx"))
        assert len(document.inline_shapes) == 1
        text = "\n".join(p.text for p in document.paragraphs)
        assert "180" in text
        assert len(document.tables[0].rows) == 9
        assert ("w:bidi" in document.element.xml) == (code == "ar")


def test_a_game_is_held_against_all_on_automatic() -> None:
    """Catches the two games swapped, and turns that are left out."""
    turns = [game.Turn({"us": {"posture": "leave"}}, ())] * len(game.rules().turns)
    names = {"en": "Yours", "ar": "لكم"}, {"en": "automatic", "ar": "تلقائي"}
    one = game.answered(turns, 40, *names)
    (part,) = one.parts
    assert (part.first, part.last) == (game.rules().begins, game.rules().turns[-1])
    assert part.changes["attacks_foreign"].high < 1.0
    idle = game.answered([game.Turn({}, ())] * 2, 20, *names)
    assert {c.ratio for c in idle.parts[0].changes.values()} == {1.0}
    lived = game.live_many(turns, 40).whole()["attacks_foreign"].mean()
    assert part.changes["attacks_foreign"].case == pytest.approx(lived)


# --- words ---


def every_answer() -> list[answer.Answer]:
    return [answer.Answer.of_numbers(a) for a in answer.stored()["answers"].values()]


def sentences_of(text: str) -> list[str]:
    kept = re.sub("[\u2066-\u2069\u200e\u200f]", "", text)
    return [s for s in re.split(r"(?<=[.؟?!])\s+(?=\D)", kept) if s]


def first_screens(language: Language) -> list[str]:
    """Return the sentences of the first screens: terminal, start page, Explore, README."""
    words = language.words
    found = [s for one in every_answer() for s in one.sentences(language)]
    found += [one.legend(language) for one in every_answer()]
    found += [words["answer"][k] for k in ("glossary", "legend", "legend_alone", "made")]
    found += [v for k, v in words["site"].items() if isinstance(v, str)]
    found += [words["explore"][k] for k in ("lead", "readout_hint", "no_answer")]
    return [s for text in found for s in sentences_of(text)]


@pytest.mark.parametrize("code", LANGUAGES)
def test_first_screens_are_read_in_one_breath(code: str) -> None:
    """Catches a sentence of more words than a newspaper's."""
    long = [s for s in first_screens(Language(code)) if len(s.split()) > MOST_WORDS]
    assert not long


EXPLAINED = {
    "en": {"world": "World:", "reading": "Reading:", "unknowns": "Unknowns:"},
    "ar": {"عالَم": "العالَم:", "قراءة": "القراءة:", "المجهول": "المجهول:"},
}
"""Words of the field on a first screen, and how the note beside them begins to explain each."""

SPECIALISTS = {
    "en": ("posterior", "prior", "replication", "ensemble", "tempo", "P(stop)", "quantile"),
    "ar": ("التوزيع البعدي", "التوزيع القبلي", "الوتيرة", "تكرار عشوائي", "احتمال التوقف"),
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_first_screens_explain_their_words(code: str) -> None:
    """Catches a term that a newspaper reader does not know and nobody explains."""
    language = Language(code)
    note = re.sub("[\u2066-\u2069]", "", language.word("answer", "glossary"))
    shown = " ".join(first_screens(language))
    for word, explained in EXPLAINED[code].items():
        assert word.lower() in shown.lower()
        assert explained in note
    for word in SPECIALISTS[code]:
        assert word.lower() not in shown.lower(), word


def test_the_terminal_shows_an_answer_in_arabic_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a table that is cut in two because Arabic names are longer."""
    monkeypatch.setenv("COLUMNS", "80")
    console = Console(80)
    mine = [answer.Answer.of_numbers(answer.stored()["answers"][n]) for n in HEADLINE[::2]]
    with console.capture() as shown:
        tables.show_answers(mine, Language("ar"), console)
    assert shown.get().count("قتلى الحلفاء") == 1


def test_scenarios_on_a_page_are_all_in_groups() -> None:
    """Catches a scenario that no reader can find on the first page, or finds twice."""
    named = [n for g in data_files.load("groups")["groups"] for n in g["scenarios"]]
    assert sorted(named) == sorted(offered())
    assert all(Scenario.load(n) for n in named)


def test_a_notebook_shows_the_answer() -> None:
    two = compare([REFERENCE, "full-withdrawal"], runs=30, bands=False)
    shown = drawdown.answer(two)
    assert "| attacks on foreign sites |" in shown._repr_markdown_()
    assert str(shown) == "\n".join(shown.sentences(Language()))


def test_memos_of_one_policy_and_of_several_are_told_alike() -> None:
    """Catches a memo that names its only policy in every sentence, or none of several."""
    made_by = {"commit": "0" * 40}
    mine = [answer.Answer.of_numbers(answer.stored()["answers"][n]) for n in HEADLINE[::2]]
    for code in LANGUAGES:
        language = Language(code)
        one = brief.memo(mine[:1], language, ["drawdown", "compare"], made_by)
        two = brief.memo(mine, language, ["drawdown", "compare"], made_by)
        title = language.pick(mine[0].case)
        assert not one.paragraphs[0][1].startswith(title)
        assert two.paragraphs[0][1].startswith(title)
        assert len(two.paragraphs) == 2

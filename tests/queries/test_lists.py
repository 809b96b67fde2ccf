"""Questions without their entity, over all; and the faults that a list would repeat for each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from parity.written import DATA, read_graph
from powers import ALL_RIGHTS, row
from stackholder.queries.catalogue import questions
from stackholder.queries.data_flywheel import sentence
from stackholder.queries.view import Found, View
from states import make_state

FRAMEWORK, COMPANY, MODEL = "Framework", "Company", "Model"


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    state = read_graph(tmp_path_factory.mktemp("computed"), DATA.parent / "computed.txt")
    return View(state, lambda _: state)


def made(folder: Path, nodes: Any, edges: Any) -> View:
    state = make_state(folder, nodes, edges)
    return View(state, lambda _: state)


def ask(view: View, name: str, **parameters: object) -> tuple[list[dict[str, Any]], Found]:
    question = questions()[name]
    found, rows = question.compute(view, question.bind(parameters))
    return [dict(zip((c.name for c in question.columns), r, strict=True)) for r in rows], found


def cells(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(round(r[n], 9) if isinstance(r[n], float) else r[n] for n in names) for r in rows]


# ------------------------------------------------------------------ routes, chokepoints, outages


def test_what_runs_better_at_home_comes_first_and_chance_is_corrected(view: View) -> None:
    rows, found = ask(view, "funnel")
    by = {(r["framework"], r["controller"]): r for r in rows}
    f, g, c = (
        by[e]
        for e in (
            ("framework/f", "company/a-sub"),
            ("framework/g", "company/b"),
            ("framework/g", "company/c"),
        )
    )
    # F is native on One, which A makes, and supported on Two; G runs on Two alone, which B makes, and C does not.
    assert cells([f, g, c], "own_tier", "else_tier") == [(1.0, 0.5), (1.0, 0.0), (0.0, 1.0)]
    # 0.7, of four that are tried.
    assert (f["p"], f["corrected"]) == (pytest.approx(0.7), 1.0)
    assert found.summary.startswith("Of 1 framework that")
    assert "A-sub (1 of 1)" in found.summary
    assert rows[-1]["framework"] == "framework/g"
    assert not found.unknown


def test_who_decides_is_no_chokepoint_of_its_own_framework(view: View) -> None:
    rows, found = ask(view, "my_chokepoints")
    # B makes the only chip of G, which H needs; that A makes the best one of F squeezes A's own.
    assert cells(rows, "framework_name", "party_name", "squeezes_high", "dependents") == [
        ("G", "B", 1.0, 1),
        ("H", "B", 1.0, 0),
    ]
    assert found.summary.startswith(
        "B can squeeze most frameworks of others: 2 of the 3 whose needs are known. 2 have"
    )


def test_actors_are_ranked_by_what_breaks_without_them(view: View) -> None:
    rows, found = ask(view, "blast_radius")
    third = round(1 / 3, 9)
    assert cells(rows, "actor_name", "effect", "broken", "degraded", "why") == [
        ("B", "total", round(2 / 3, 9), 0.0, "G, H"),
        ("A", "total", 0.0, third, "nothing breaks"),
    ]
    assert found.summary.startswith(
        "If B switches off what it provides, 67% of the 3 frameworks and models with known needs"
    )
    relicense = ask(view, "blast_radius", mode="relicense")[1].summary
    # F of five frameworks and models, which H needs as an option only.
    assert relicense.startswith(
        "If A changes the licence of what it alone may, 20% of the 5 frameworks and models are exposed"
    )


def test_outside_work_is_listed_where_one_firm_surely_decides(view: View) -> None:
    rows, found = ask(view, "outside_work")
    assert cells(rows, "sponsor_name", "framework_name", "outside_low", "outside_high") == [
        ("A", "F", 0.15, 0.25)
    ]
    assert found.summary.startswith(
        "On none of 1 framework that one firm surely decides on it is sure"
    )


def test_a_framework_that_was_given_away_is_not_its_makers_in_the_list(tmp_path: Path) -> None:
    firm, kept, given = (COMPANY, "firm"), (FRAMEWORK, "kept"), (FRAMEWORK, "given")
    share = {"window": "all", "commits": 6, "total": 10, "share": 0.6, "low": 0.6, "high": 0.6}
    counted = {**share, "coverage": 1.0, "method": "computed"}
    view = made(
        tmp_path,
        {COMPANY: [{"id": "firm", "name": "Firm"}], FRAMEWORK: [{"id": "kept"}, {"id": "given"}]},
        {
            "CREATED": [row(firm, kept), row(firm, given)],
            "GOVERNS": [
                row(firm, kept, rights=ALL_RIGHTS),
                row(("Institution", "house"), given, rights=ALL_RIGHTS),
            ],
            "CONTRIBUTION_SHARE": [row(firm, kept, **counted), row(firm, given, **counted)],
        },
    )
    assert [r["framework"] for r in ask(view, "outside_work")[0]] == ["framework/kept"]
    of_firm = ask(view, "outside_work", sponsor="company/firm")[0]
    assert {r["framework"] for r in of_firm} == {"framework/kept", "framework/given"}


def test_without_an_earlier_date_a_year_is_compared(view: View) -> None:
    assert ask(view, "change")[1].summary.startswith(
        f"Between {view.as_of.replace(year=view.as_of.year - 1)} and {view.as_of}"
    )


# ------------------------------------------------------------------ false zeros


@pytest.mark.parametrize(("fixes", "told"), [(0, (None, None, None)), (2, (2, 1.0, 1.0))])
def test_a_history_that_names_no_fix_says_nothing_of_fixes(
    tmp_path: Path, fixes: int, told: tuple[Any, ...]
) -> None:
    own, f, person = (COMPANY, "own"), (FRAMEWORK, "f"), ("Contributor", "p")
    view = made(
        tmp_path,
        {
            COMPANY: [{"id": "own", "name": "Own"}, {"id": "other", "name": "Other"}],
            FRAMEWORK: [{"id": "f", "name": "F"}],
        },
        {
            "GOVERNS": [row(own, f, rights=ALL_RIGHTS)],
            "EMPLOYS": [row((COMPANY, "other"), person)],
            "CONTRIBUTED_TO": [
                row(person, f, window="2025-05", commits=5, reviews=0, security_fixes=fixes)
            ],
        },
    )
    rows, found = ask(view, "outside_work", sponsor="company/own")
    assert cells(rows, "fixes", "fixes_outside_low", "fixes_outside_high") == [told]
    assert cells(rows, "reviews") == [(None,)]
    assert ("who fixed vulnerabilities, for 1 of 1 framework" in found.unknown) == (fixes == 0)


# ------------------------------------------------------------------ feedback


def _followed(tmp_path: Path, per_year: int) -> View:
    """Work that goes up and down, and dependents that appear so many times as often a year later."""
    work = [3, 1, 4, 1, 5, 2, 6, 1, 3, 5, 2, 4, 1, 6, 2, 5]
    years = range(2005, 2005 + len(work))
    created = [(y + 1, i) for y, w in zip(years, work, strict=True) for i in range(w * per_year)]
    names = [{"id": f"d{y}-{i}", "name": f"D{y}-{i}", "created": f"{y}-06-01"} for y, i in created]
    shares = [
        row(
            (COMPANY, "c"), (FRAMEWORK, "f"), window=str(y), commits=0, total=w * 100, share=0.0, low=0.0, high=1.0,
            coverage=0.0, method="computed",
        )
        for y, w in zip(years, work, strict=True)
    ]  # fmt: skip
    return made(
        tmp_path,
        {COMPANY: [{"id": "c", "name": "C"}], FRAMEWORK: [{"id": "f", "name": "F"}, *names]},
        {
            "CONTRIBUTION_SHARE": shares,
            "DEPENDS_ON": [
                row((FRAMEWORK, n["id"]), (FRAMEWORK, "f"), kind="runtime") for n in names
            ],
        },
    )


def test_a_lead_is_told_with_its_correction(tmp_path: Path) -> None:
    view = _followed(tmp_path, 1)
    rows, found = ask(view, "feedback_loop")
    assert rows[0]["lag"] == 1
    assert rows[0]["r"] == pytest.approx(1)
    # The second smallest of five, times four.
    assert rows[1]["p"] > 0
    assert rows[1]["corrected"] == pytest.approx(min(1, 4 * rows[1]["p"]))
    assert (
        "of 1 framework, outside work goes with adoption beyond chance for 1: on F it leads adoption by 1 year"
        in (found.summary[0].lower() + found.summary[1:])
    )
    assert ask(view, "feedback_loop", artefact="framework/f")[1].summary.startswith(
        "Outside work on F leads adoption by 1 year"
    )


def test_too_few_dependents_lead_nothing(tmp_path: Path) -> None:
    view = _followed(tmp_path, 1)
    rows, found = ask(view, "feedback_loop", least=1000)
    assert not rows
    assert found.summary.startswith("No framework has 1000 dated dependents or more")
    summary = ask(view, "feedback_loop", artefact="framework/f", least=1000)[1].summary
    assert (
        summary
        == "Only 46 dependents of F appeared in its counted years: too few to say what leads (least 1000)."
    )


# ------------------------------------------------------------------ openness


def test_labels_stand_beside_licences_and_named_data_are_not_kept(tmp_path: Path) -> None:
    maker = (COMPANY, "maker")
    models = ("bound", "free", "bare", "named", "kept")
    opened = [
        ("norm", p) for p in ("mof-model-parameters-final", "mof-model-parameters-intermediate")
    ]
    view = made(
        tmp_path,
        {
            COMPANY: [{"id": "maker", "name": "Maker"}],
            MODEL: [{"id": m, "name": m.title()} for m in models],
            "Dataset": [{"id": "d", "name": "D"}],
            "License": [
                {"id": "bound", "name": "Bound", "osi": False, "restrictions": ["mau_cap"]},
                {"id": "mit", "name": "MIT", "osi": True},
            ],
            "Norm": [
                {"id": "open-source-definition", "name": "OSD", "category": "definition"},
                *(
                    {"id": i, "name": i, "category": "openness_component", "aliases": [alias]}
                    for (_, i), alias in zip(
                        opened,
                        ("Model parameters (Final)", "Model parameters (Intermediate)"),
                        strict=True,
                    )
                ),
            ],
        },
        {
            "CREATED": [row(maker, (MODEL, m)) for m in models],
            "LICENSED_UNDER": [
                row((MODEL, "bound"), ("License", "bound")),
                row((MODEL, "free"), ("License", "bound")),
                row((MODEL, "free"), ("License", "mit")),
            ],
            "TRAINED_ON": [row((MODEL, "named"), ("Dataset", "d"))],
            "SATISFIES": [
                *(
                    row(
                        (MODEL, m),
                        ("Norm", "open-source-definition"),
                        result="yes",
                        assessor="self",
                    )
                    for m in ("bound", "free", "bare")
                ),
                *(
                    row((MODEL, m), ("Norm", i), result="yes")
                    for m in ("named", "kept")
                    for _, i in opened
                ),
            ],
        },
    )
    rows, found = ask(view, "openness_gap")
    # Of the licences of Free the milder counts; of Bare none is stated, so nothing is said of its label.
    assert cells(rows, "model_name", "claim", "claim_gap", "limits", "gap", "datasets") == [
        ("Bound", True, True, "cap on users", None, 0),
        ("Kept", None, None, None, 1.0, 0),
        ("Bare", True, None, None, None, 0),
        ("Free", True, False, None, None, 0),
        ("Named", None, None, None, 1.0, 1),
    ]
    assert found.summary == (
        "Of 3 models that their makers call open source, 1 come under licences that are not: Maker 1. 1 of 2 described "
        "models open code or weights, and neither open nor name the data they learned from: Maker 1; none reaches a "
        "class, unclassified: 2."
    )


# ------------------------------------------------------------------ duties


def test_a_duty_without_a_finding_is_no_breach_and_a_clause_that_lifts_is_named(
    tmp_path: Path,
) -> None:
    firm, model, law, act = (COMPANY, "x"), (MODEL, "m"), ("Norm", "law"), ("Norm", "act")
    view = made(
        tmp_path,
        {
            COMPANY: [{"id": "x", "name": "X"}],
            MODEL: [{"id": "m", "name": "M"}],
            "Norm": [
                {"id": i, "name": i.title(), "category": "legal_duty"} for i in ("law", "act")
            ],
        },
        {
            "SUBJECT_TO": [
                row(firm, law),
                row(firm, act),
                row(model, law),
                row(model, act, exempt_by="Art. 53(2)"),
            ],
            "SATISFIES": [row(firm, law, result="yes"), row(model, law, result="no")],
        },
    )
    rows, found = ask(view, "duty_coverage")
    told = {r["subject_name"]: r for r in rows}
    assert cells([told["M"]], "applicable", "not_met", "lifted", "lifted_by") == [
        (1, 1, 1, "Art. 53(2)")
    ]
    assert found.summary == (
        "Of 3 legal duties of 2 subjects, 1 are found to be met and 1 not; of 1 nothing is found, which is no breach. "
        "1 duties fall away for 1 subject (M) by Art. 53(2)."
    )
    assert ask(view, "duty_coverage", subject="model/m")[1].summary == (
        "M surely meets 0 of 1 legal duties; 1 are found not to be met. 1 legal duties fall away for M (Art. 53(2))."
    )


# ------------------------------------------------------------------ forks, circles of data


def test_an_institution_that_came_before_the_fork_was_there_from_the_start(tmp_path: Path) -> None:
    house = ("Institution", "house")
    view = made(
        tmp_path,
        {
            "Institution": [{"id": "house", "name": "House"}],
            FRAMEWORK: [{"id": i, "name": i.upper()} for i in ("old", "new", "late")],
        },
        {
            "DERIVED_FROM": [
                row((FRAMEWORK, i), (FRAMEWORK, "old"), kind="fork", valid_from="2024-03-28")
                for i in ("new", "late")
            ],
            "GOVERNS": [
                row(house, (FRAMEWORK, "new"), rights=ALL_RIGHTS, valid_from="2024-03-27"),
                row(house, (FRAMEWORK, "late"), rights=ALL_RIGHTS, valid_from="2024-04-07"),
            ],
        },
    )
    rows, found = ask(view, "counterpower")
    assert cells([r for r in rows if r["what"] == "fork"], "entity_name", "days") == [
        ("LATE", 10),
        ("NEW", 0),
    ]
    assert found.summary.endswith(
        "2 forks are stated; an institution came from the start over NEW, over LATE after 10 days."
    )


def test_public_data_are_no_circle_of_advantage() -> None:
    def circle(organisation: str, dataset: str, access: str | None) -> dict[str, Any]:
        return {
            "organisation": organisation, "organisation_name": organisation.upper(), "via": "app", "via_name": "App",
            "dataset_name": dataset, "access_right": access, "model_name": "M",
        }  # fmt: skip

    rows = [circle("x", "Logs", None), circle("x", "Chats", "x"), circle("y", "Wiki", "public")]
    assert sentence(rows, {"organisation": ""}) == (
        "1 organisation learns from its own use, by data that others cannot have: X (App: Logs, for M). 1 data set of "
        "such circles is public, which is no advantage: Wiki."
    )
    assert sentence([], {"organisation": "Z"}).startswith(
        "No circle from use to data to a next model is stated at Z"
    )

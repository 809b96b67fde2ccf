"""Bills of materials: one bill in five formats, one graph; references to nothing; hostile and broken files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from loading import Loaded, load, tally
from stackholder.loaders import loader
from stackholder.loaders.sbom.reading import read_bill

SAMPLE = loader("sbom").folder / "sample"
FILES = ["polar.cdx.json", "polar.cdx.xml", "polar.spdx.json", "polar.spdx", "polar.spdx3.json"]


def graph(loaded: Loaded) -> dict[str, set[Any]]:
    """What a bill says, without places and the words of its format."""
    return {
        "packages": {
            (r["id"], r["name"], r.get("latest"), *r.get("identifiers", []))
            for r in loaded.rows("Package")
        },
        "models": {(r["id"], *r["identifiers"]) for r in loaded.rows("Model")},
        "licences": {(r["source"], r["target"], r["kind"]) for r in loaded.rows("LICENSED_UNDER")},
        "needs": loaded.triples("DEPENDS_ON"),
    }


@pytest.mark.parametrize("name", FILES)
def test_one_bill_in_five_formats_is_one_graph(tmp_path: Path, name: str) -> None:
    loaded = load(tmp_path, "sbom", SAMPLE / name, "shop")
    assert loaded.ledger.failure == ""
    assert graph(loaded) == {
        "packages": {
            ("shop/polar-app", "Polar App", "1.0"),
            ("pypi/torch", "torch", "2.4.0", "purl:pkg:pypi/torch"),
            ("pypi/numpy", "numpy", "2.1.0", "purl:pkg:pypi/numpy"),
            ("shop/inner-lib", "inner lib", "0.1"),
        },
        "models": {("huggingface/polar/polar-1", "hub:polar/polar-1")},
        "licences": {
            ("pypi/torch", "bsd-3-clause", "declared"),
            ("pypi/numpy", "bsd-3-clause", "declared"),
            ("pypi/numpy", "mit", "declared"),
            ("shop/inner-lib", "polar-licence", "declared"),
            ("huggingface/polar/polar-1", "apache-2-0", "declared"),
        },
        "needs": {
            ("shop/polar-app", "DEPENDS_ON", "pypi/torch"),
            ("shop/polar-app", "DEPENDS_ON", "shop/inner-lib"),
            ("shop/polar-app", "DEPENDS_ON", "huggingface/polar/polar-1"),
            ("pypi/torch", "DEPENDS_ON", "pypi/numpy"),
            ("pypi/numpy", "DEPENDS_ON", "pypi/stub"),
        },
    }
    assert {r["licence"] for r in loaded.rows("DEPENDS_ON")} == {"CC0-1.0"}
    assert {
        (r["source"], r["condition"], str(r["valid_from"])) for r in loaded.rows("DEPENDS_ON")
    } == {
        ("shop/polar-app", "Polar App 1.0", "2026-01-01"),
        ("pypi/torch", "torch 2.4.0", "2026-01-01"),
        ("pypi/numpy", "numpy 2.1.0", "2026-01-01"),
    }


@pytest.mark.parametrize("name", FILES)
def test_a_reference_to_nothing_is_refused_and_a_purl_that_is_not_listed_is_a_stub(
    tmp_path: Path, name: str
) -> None:
    loaded = load(tmp_path, "sbom", SAMPLE / name)
    [(at, field, reason)] = loaded.refusals()
    assert (at.partition(":")[0].partition("#")[0], field) == (name, "reference")
    assert "ghost' names nothing in this bill" in reason
    assert loaded.ledger.omitted["reference to a package that the bill does not list"] == 1
    assert loaded.ledger.omitted["component without a purl: known in this bill only"] == 2
    rows, given, refused, outside = tally(loaded)
    assert (given, refused) == (10, 1)
    assert rows == given + refused + outside


@pytest.mark.parametrize("name", FILES)
def test_no_address_of_a_person_is_kept_and_every_field_is_known(tmp_path: Path, name: str) -> None:
    loaded = load(tmp_path, "sbom", SAMPLE / name)
    kept = b"".join(f.read_bytes() for f in loaded.folder.rglob("*") if f.is_file())
    assert b"@polar.example" not in kept
    assert b"Some Body" not in kept
    assert loaded.ledger.unread == {}


def bill(tmp_path: Path, **more: Any) -> Path:
    file = tmp_path / "bom.json"
    file.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", **more}))
    return file


def test_nested_components_are_parts_and_excluded_ones_carry_nothing(tmp_path: Path) -> None:
    inner = {
        "name": "c",
        "bom-ref": "c",
        "purl": "pkg:npm/c@1",
        "components": [{"name": "d", "purl": "pkg:npm/%40x/d"}],
    }
    components = [
        {"name": "a", "bom-ref": "a", "purl": "pkg:npm/a@1", "components": [inner]},
        {"name": "b", "bom-ref": "b", "purl": "pkg:npm/b@1", "scope": "excluded"},
        {"name": "e", "bom-ref": "e", "purl": "pkg:npm/e@1", "scope": "optional"},
    ]
    links = [{"ref": "a", "dependsOn": ["b", "e"]}]
    loaded = load(
        tmp_path / "home", "sbom", bill(tmp_path, components=components, dependencies=links)
    )
    assert {(r["source"], r["target"], r.get("kind")) for r in loaded.rows("DEPENDS_ON")} == {
        ("npm/a", "npm/c", None),
        ("npm/c", "npm/%40x/d", None),
        ("npm/a", "npm/e", "optional"),
    }
    assert loaded.ledger.skipped == {
        "dependency of or on a component that is excluded from what runs": 1
    }


def test_equal_names_without_a_purl_are_two_things_in_two_bills(tmp_path: Path) -> None:
    for label in ("one", "two"):
        load(tmp_path / "home", "sbom", bill(tmp_path, components=[{"name": "core"}]), label)
    homes = tmp_path / "home/claims/sbom"
    import pyarrow.parquet as pq

    ids = {
        i
        for f in homes.glob("*/current/nodes/Package.parquet")
        for i in pq.read_table(f)["id"].to_pylist()
    }
    assert ids == {"one/core", "two/core"}


@pytest.mark.parametrize(
    ("component", "field"),
    [
        ({"name": 5}, "name"),
        ({"version": "1"}, "name"),
        ({"name": "a", "purl": "pkg:pypi/"}, "purl"),
        ({"name": "a", "licenses": {}}, "licenses"),
        (5, ""),
    ],
)
def test_a_bad_component_is_refused_and_the_rest_goes_on(
    tmp_path: Path, component: object, field: str
) -> None:
    good = {"name": "good", "purl": "pkg:pypi/good@1"}
    loaded = load(tmp_path / "home", "sbom", bill(tmp_path, components=[component, good]))
    assert [(at, f) for at, f, _ in loaded.refusals()] == [("bom.json#/components/0", field)]
    assert {r["id"] for r in loaded.rows("Package")} == {"pypi/good"}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.json", '{"bomFormat": "CycloneDX", "specVersion": "9.9"}', "of version '9.9'"),
        ("a.json", '{"spdxVersion": "SPDX-2.1"}', "of version 'SPDX-2.1'"),
        ("a.json", '{"hello": 1}', "no bill of materials"),
        (
            "a.json",
            '{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": 5}',
            "5 is not a list",
        ),
        (
            "a.json",
            '{"@context": "https://spdx.org/rdf/3.0.1/x", "@graph": 1}',
            "no list under `@graph`",
        ),
        ("a.json", '{"a": 1, "a": 2}', "stands twice"),
        ("a.xml", '<!DOCTYPE b [<!ENTITY a "b">]><bom/>', "a DOCTYPE is refused"),
        ("a.xml", "<bom xmlns='http://cyclonedx.org/schema/bom/1.5'>", "not XML"),
        ("a.xml", "<html/>", "not a bill of CycloneDX"),
        ("a.spdx", "SPDXVersion: SPDX-2.3\nPackageComment: <text>open\n", "a <text> is not closed"),
        ("a.txt", "hello\n", "no bill of materials"),
    ],
)
def test_a_file_that_is_no_sound_bill_is_refused_with_its_place(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_text(text)
    loaded = load(tmp_path / "home", "sbom", tmp_path / name)
    assert said in loaded.ledger.failure
    assert name in loaded.ledger.failure
    assert loaded.ledger.nodes == {}


def test_the_official_library_writes_a_bill_that_we_read_in_both_forms(tmp_path: Path) -> None:
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.output.json import JsonV1Dot5
    from cyclonedx.output.xml import XmlV1Dot4
    from packageurl import PackageURL

    made = Bom()
    made.metadata.component = app = Component(
        name="app", type=ComponentType.APPLICATION, bom_ref="app"
    )
    parts = [
        Component(name=f"p{n}", version="1", purl=PackageURL("pypi", None, f"p{n}", "1"))
        for n in range(20)
    ]
    for part in parts:
        made.components.add(part)
    made.register_dependency(app, parts[:5])
    made.register_dependency(parts[0], parts[5:])
    found = []
    for name, writer in (("a.json", JsonV1Dot5), ("a.xml", XmlV1Dot4)):
        (tmp_path / name).write_text(writer(made).output_as_string())
        loaded = load(tmp_path / name.replace(".", "-"), "sbom", tmp_path / name)
        assert loaded.ledger.refused == 0
        found.append(graph(loaded))
    assert found[0] == found[1]
    assert len(found[0]["packages"]) == 21
    assert found[0]["needs"] == {("test/app", "DEPENDS_ON", f"pypi/p{n}") for n in range(5)} | {
        ("pypi/p0", "DEPENDS_ON", f"pypi/p{n}") for n in range(5, 20)
    }


def spdx(folder: Path, name: str, declared: str, **more: Any) -> Path:
    package = {"name": "a", "SPDXID": "SPDXRef-a", "versionInfo": "1", "licenseDeclared": declared}
    reference = {"referenceType": "purl", "referenceLocator": f"pkg:npm/{name}@1"}
    top = {"spdxVersion": "SPDX-2.3", "packages": [package | {"externalRefs": [reference]}], **more}
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(top))
    return folder


def test_a_licence_of_a_document_s_own_is_another_in_every_document(tmp_path: Path) -> None:
    named = {"hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-2", "name": "North Terms"}]}
    folder = tmp_path / "bills"
    declared = "LicenseRef-1 AND (LicenseRef-2 OR MIT) AND LicenseRef-scancode-public-domain"
    spdx(folder, "one", declared, **named)
    spdx(folder, "two", declared)
    loaded = load(tmp_path / "home", "sbom", folder)
    names = {r["id"]: r["name"] for r in loaded.rows("License")}
    of = {"npm/one": set[str](), "npm/two": set[str]()}
    for row in loaded.rows("LICENSED_UNDER"):
        of[row["source"]].add(names[row["target"]])
    assert of["npm/one"] & of["npm/two"] == {"LicenseRef-scancode-public-domain"}
    assert "MIT OR North Terms" in of["npm/one"]
    again = load(tmp_path / "home", "sbom", folder, "other")
    assert set(names) & {r["id"] for r in again.rows("License")} == {
        "licenseref-scancode-public-domain",
        "mit-or-north-terms",
    }


def test_what_a_licence_expression_does_not_assert_is_counted_and_no_licence(
    tmp_path: Path,
) -> None:
    loaded = load(tmp_path / "home", "sbom", spdx(tmp_path / "bills", "one", "MIT AND NOASSERTION"))
    assert [r["id"] for r in loaded.rows("License")] == ["mit"]
    assert loaded.ledger.omitted["part of a licence expression that asserts nothing"] == 1


def test_a_bill_is_known_by_what_stands_at_its_top_in_whatever_order_and_wrapping(
    tmp_path: Path,
) -> None:
    parts = [{"name": f"part-{n}", "purl": f"pkg:npm/part-{n}@1"} for n in range(200)]
    late = {"components": parts, "specVersion": "1.6", "bomFormat": "CycloneDX"}
    one = {"components": [{"name": "torch", "purl": "pkg:pypi/torch@1"}], "specVersion": "1.5"}
    folder = tmp_path / "bills"
    folder.mkdir()
    (folder / "late.json").write_text(json.dumps(late))
    (folder / "forge.json").write_text(json.dumps({"sbom": one}))
    (folder / "attested.json").write_text(
        json.dumps({"_type": "https://in-toto.io/Statement/v1", "predicate": one})
    )
    (folder / "wide.json").write_bytes(json.dumps(one).encode("utf-16"))
    (folder / "settings.json").write_text("{ // no bill\n}")
    (folder / "notes.txt").write_text("hello\n")
    loaded = load(tmp_path / "home", "sbom", folder)
    assert loaded.ledger.failure == ""
    assert len({r["id"] for r in loaded.rows("Package")}) == 201
    assert loaded.ledger.skipped["file of the folder that is no bill"] == 2


def test_a_broken_bill_of_a_folder_stops_no_other_and_is_named(tmp_path: Path) -> None:
    folder = spdx(tmp_path / "bills", "sound", "MIT")
    (folder / "broken.json").write_text('{"bomFormat": "CycloneDX",')
    loaded = load(tmp_path / "home", "sbom", folder)
    assert "broken.json:1" in loaded.ledger.failure
    assert [r["id"] for r in loaded.rows("Package")] == ["npm/sound"]


def test_components_without_a_reference_are_told_apart_in_xml_as_in_json(tmp_path: Path) -> None:
    parts = "".join(
        f"<component type='library'><name>{n}</name><purl>pkg:npm/{n}@1</purl></component>"
        for n in "abc"
    )
    text = (
        f"<bom xmlns='http://cyclonedx.org/schema/bom/1.4'><components>{parts}</components></bom>"
    )
    for encoding in ("utf-8", "utf-16"):
        file = tmp_path / f"{encoding}.xml"
        file.write_text(f'<?xml version="1.0" encoding="{encoding}"?>{text}', encoding)
        loaded = load(tmp_path / encoding, "sbom", file)
        assert loaded.refusals() == []
        assert sorted(r["id"] for r in loaded.rows("Package")) == ["npm/a", "npm/b", "npm/c"]


def part(name: str, sort: str = "library", version: str = "1") -> dict[str, str]:
    purl = {"purl": f"pkg:pypi/{name}@1"} if sort == "library" else {}
    return {"bom-ref": name, "type": sort, "name": name, "version": version} | purl


def needs(**lists: list[str]) -> list[dict[str, Any]]:
    return [{"ref": ref, "dependsOn": targets} for ref, targets in lists.items()]


@pytest.mark.parametrize("described", [True, False])
def test_what_only_holds_packages_is_none_and_hands_on_what_needs_it(
    tmp_path: Path, described: bool
) -> None:
    inside = [
        *(part("lock", "application", ""), part("linux", "operating-system")),
        *(part("torch"), part("numpy"), part("server", "application", "2.1")),
    ]
    links = needs(app=["lock", "linux", "server"], lock=["torch"], torch=["numpy"], linux=[])
    about = {"metadata": {"component": part("app", "application")}} if described else {}
    links = links if described else links[1:]
    read = read_bill(bill(tmp_path, components=inside, dependencies=links, **about))
    assert [c.name for c in read.packages] == ["torch", "numpy", "server"]
    assert read.requested == {"torch", "server"}
    stated = {(x.source, x.target) for x in read.links}
    asked = {("app", "torch"), ("app", "server")} if described else set()
    assert stated == {("torch", "numpy")} | asked


def test_what_an_application_only_contains_is_asked_for_unless_something_else_needs_it(
    tmp_path: Path,
) -> None:
    def row(one: str, sort: str, other: str) -> dict[str, str]:
        names = {"DOC": "SPDXRef-DOCUMENT"}
        ends = [names.get(n, f"SPDXRef-{n}") for n in (one, other)]
        keys = ("spdxElementId", "relationshipType", "relatedSpdxElement")
        return dict(zip(keys, (ends[0], sort, ends[1]), strict=True))

    def package(name: str, purpose: str) -> dict[str, str]:
        return {"name": name, "SPDXID": f"SPDXRef-{name}", "primaryPackagePurpose": purpose}

    top = {
        "spdxVersion": "SPDX-2.3",
        "packages": [
            *(package("app", "SOURCE"), package("lock", "APPLICATION")),
            *(package("torch", "LIBRARY"), package("numpy", "LIBRARY"), package("c", "SOURCE")),
        ],
        "relationships": [
            *[row("DOC", "describes", "app"), row("app", "CONTAINS", "lock")],
            *[row("lock", "CONTAINS", "torch"), row("lock", "CONTAINS", "numpy")],
            *[row("app", "CONTAINS", "c"), row("torch", "depends_on", "numpy")],
        ],
    }
    (tmp_path / "a.json").write_text(json.dumps(top))
    read = read_bill(tmp_path / "a.json")
    assert [c.name for c in read.packages] == ["torch", "numpy", "c"]
    assert read.requested == {"SPDXRef-torch", "SPDXRef-c"}


@pytest.mark.parametrize(
    "again", [part("app", "application"), part("app", "application") | {"bom-ref": "b"}]
)
def test_an_application_that_is_listed_among_its_parts_is_not_asked_for(
    tmp_path: Path, again: dict[str, str]
) -> None:
    parts = [again, part("torch"), part("numpy")]
    about = {"component": part("app", "application")}
    links = needs(app=["torch"], torch=["numpy"])
    read = read_bill(bill(tmp_path, components=parts, dependencies=links, metadata=about))
    assert [c.name for c in read.packages] == ["torch", "numpy"]
    assert read.requested == {"torch"}
    silent = read_bill(bill(tmp_path, components=parts, dependencies=links[1:], metadata=about))
    assert silent.requested == {"torch"}


@pytest.mark.parametrize(
    ("purls", "chosen"),
    [
        (["pkg:github/a/b@1", "pkg:pypi/b@1"], "pypi/b"),
        (["pkg:deb/debian/python3-b@1", "pkg:pypi/b@1", "pkg:pypi/b@1?x=y"], "pypi/b"),
        (["nothing", "pkg:npm/b@1"], "npm/b"),
        (["pkg:npm/b@1", "pkg:pypi/b@1"], "test/b"),
    ],
)
def test_of_several_purls_that_of_a_registry_counts(
    tmp_path: Path, purls: list[str], chosen: str
) -> None:
    references = [{"referenceType": "purl", "referenceLocator": purl} for purl in purls]
    package = {"name": "b", "SPDXID": "SPDXRef-b", "externalRefs": references}
    (tmp_path / "a.json").write_text(json.dumps({"spdxVersion": "SPDX-2.3", "packages": [package]}))
    loaded = load(tmp_path / "home", "sbom", tmp_path / "a.json")
    assert [r["id"] for r in loaded.rows("Package")] == [chosen]


def test_sets_of_licences_and_licences_without_a_name_are_read_in_spdx_3(tmp_path: Path) -> None:
    mit = "https://spdx.org/licenses/MIT"
    graph = [
        {"type": "software_Package", "spdxId": "urn:a", "name": "a"},
        {
            "type": "expandedlicensing_DisjunctiveLicenseSet",
            "spdxId": "urn:or",
            "expandedlicensing_member": [mit, "urn:own"],
        },
        {"type": "expandedlicensing_CustomLicense", "spdxId": "urn:own"},
        {
            "type": "Relationship",
            "relationshipType": "hasDeclaredLicense",
            "from": "urn:a",
            "to": ["urn:or"],
        },
    ]
    context = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
    (tmp_path / "a.json").write_text(json.dumps({"@context": context, "@graph": graph}))
    loaded = load(tmp_path / "home", "sbom", tmp_path / "a.json")
    [licence] = loaded.rows("License")
    assert licence["name"] == "DocumentRef-test-a.json:LicenseRef-urn-own OR MIT"

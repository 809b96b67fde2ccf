"""What the relationship types of SPDX mean here."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Final

__all__ = ["NOT_RUNTIME", "Meaning", "meaning_2", "meaning_3"]

NOT_RUNTIME: Final = "dependency for development or tests"


@dataclasses.dataclass(frozen=True, slots=True)
class Meaning:
    """What `A TYPE B` means.

    Attributes:
        relation: The relation; empty when the type is none of the loader's business.
        kind: `runtime`, `build` or `optional`; empty when it does not say when B is needed.
        reverse: Whether it leads from B to A.
        reason: Why it is not given.
    """

    relation: str = "DEPENDS_ON"
    kind: str = ""
    reverse: bool = False
    reason: str = ""


_NEEDS: Final = Meaning()
_AT_RUN_TIME: Final = Meaning(kind="runtime")
_OPTIONAL: Final = Meaning(kind="optional")
_HOLDS: Final = Meaning()
_MADE_FROM: Final = Meaning("DERIVED_FROM")
_ASIDE: Final = Meaning("", reason=NOT_RUNTIME)


def _reversed(meaning: Meaning) -> Meaning:
    return dataclasses.replace(meaning, reverse=True)


_TWO: Final[Mapping[str, Meaning]] = {
    "DEPENDS_ON": _NEEDS,
    "HAS_PREREQUISITE": _NEEDS,
    "DYNAMIC_LINK": _AT_RUN_TIME,
    "STATIC_LINK": _AT_RUN_TIME,
    "CONTAINS": _HOLDS,
    "DESCENDANT_OF": _MADE_FROM,
    "DEPENDENCY_OF": _reversed(_NEEDS),
    "PREREQUISITE_FOR": _reversed(_NEEDS),
    "RUNTIME_DEPENDENCY_OF": _reversed(_AT_RUN_TIME),
    "PROVIDED_DEPENDENCY_OF": _reversed(_AT_RUN_TIME),
    "BUILD_DEPENDENCY_OF": Meaning(kind="build", reverse=True),
    "BUILD_TOOL_OF": Meaning(kind="build", reverse=True),
    "OPTIONAL_DEPENDENCY_OF": _reversed(_OPTIONAL),
    "OPTIONAL_COMPONENT_OF": Meaning(kind="optional", reverse=True),
    "CONTAINED_BY": _reversed(_HOLDS),
    "PACKAGE_OF": _reversed(_HOLDS),
    "ANCESTOR_OF": _reversed(_MADE_FROM),
    "DEV_DEPENDENCY_OF": _ASIDE,
    "DEV_TOOL_OF": _ASIDE,
    "TEST_DEPENDENCY_OF": _ASIDE,
    "TEST_TOOL_OF": _ASIDE,
}
_OTHERS_TWO: Final = frozenset(
    [
        "AMENDS",
        "COPY_OF",
        "DATA_FILE_OF",
        "DEPENDENCY_MANIFEST_OF",
        "DISTRIBUTION_ARTIFACT",
        "DOCUMENTATION_OF",
        "EXAMPLE_OF",
        "EXPANDED_FROM_ARCHIVE",
        "FILE_ADDED",
        "FILE_DELETED",
        "FILE_MODIFIED",
        "GENERATED_FROM",
        "GENERATES",
        "METAFILE_OF",
        "OTHER",
        "PATCH_APPLIED",
        "PATCH_FOR",
        "REQUIREMENT_DESCRIPTION_FOR",
        "SPECIFICATION_FOR",
        "TEST_CASE_OF",
        "TEST_OF",
        "VARIANT_OF",
    ]
)

_THREE: Final[Mapping[str, Meaning]] = {
    "dependsOn": _NEEDS,
    "hasPrerequisite": _NEEDS,
    "hasDynamicLink": _AT_RUN_TIME,
    "hasStaticLink": _AT_RUN_TIME,
    "hasProvidedDependency": _AT_RUN_TIME,
    "hasOptionalDependency": _OPTIONAL,
    "hasOptionalComponent": Meaning(kind="optional"),
    "contains": _HOLDS,
    "usesTool": Meaning("", reason="tool that is used"),
    "descendantOf": _MADE_FROM,
    "ancestorOf": _reversed(_MADE_FROM),
    "trainedOn": Meaning("TRAINED_ON"),
}
_OTHERS_THREE: Final = frozenset(
    [
        "affects",
        "amendedBy",
        "availableFrom",
        "configures",
        "coordinatedBy",
        "copiedTo",
        "delegatedTo",
        "doesNotAffect",
        "expandsTo",
        "exploitCreatedBy",
        "fixedBy",
        "fixedIn",
        "foundBy",
        "generates",
        "hasAddedFile",
        "hasAssessmentFor",
        "hasAssociatedVulnerability",
        "hasDataFile",
        "hasDeletedFile",
        "hasDependencyManifest",
        "hasDistributionArtifact",
        "hasDocumentation",
        "hasEvidence",
        "hasExample",
        "hasHost",
        "hasInput",
        "hasMetadata",
        "hasOutput",
        "hasRequirement",
        "hasSpecification",
        "hasTest",
        "hasTestCase",
        "hasVariant",
        "invokedBy",
        "modifiedBy",
        "other",
        "packagedBy",
        "patchedBy",
        "publishedBy",
        "reportedBy",
        "republishedBy",
        "serializedInArtifact",
        "testedOn",
        "underInvestigationFor",
    ]
)


def meaning_2(type_: str) -> Meaning | None:
    """What a type of SPDX 2 means; None when SPDX knows no such type."""
    if type_ in _OTHERS_TWO:
        return Meaning("", reason=f"relationship of the type {type_}")
    return _TWO.get(type_)


def meaning_3(type_: str, scope: str) -> Meaning | None:
    """What a type of SPDX 3 means in a phase of the life of the software; None when SPDX knows no such type.

    Args:
        type_: The type.
        scope: `build`, `design`, `development`, `runtime`, `test`, `other`; empty when it is not stated.
    """
    if type_ in _OTHERS_THREE:
        return Meaning("", reason=f"relationship of the type {type_}")
    found = _THREE.get(type_)
    if found is None or not scope:
        return found
    if scope in {"design", "development", "test"} and found.relation == "DEPENDS_ON":
        return _ASIDE
    if type_ == "usesTool" and scope == "build":
        return Meaning(kind="build")
    if found.relation == "DEPENDS_ON" and not found.kind and scope in {"build", "runtime"}:
        return dataclasses.replace(found, kind=scope)
    return found

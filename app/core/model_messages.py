"""What the window and the engine say to each other about models. Used in both."""

from dataclasses import dataclass
from typing import TypeAlias

from app.core.models import ModelRow


@dataclass(frozen=True, slots=True)
class ListModels:
    """Ends with `ModelsListed`."""


@dataclass(frozen=True, slots=True)
class GetModel:
    """Download a model of the catalogue; yields `ModelProgress`, ends with `ModelsListed`."""

    name: str


@dataclass(frozen=True, slots=True)
class AddModel:
    """Put a GGUF file of the person's own on the shelf; ends with `ModelsListed`."""

    path: bytes


@dataclass(frozen=True, slots=True)
class RemoveModel:
    """Ends with `ModelsListed`."""

    name: str


@dataclass(frozen=True, slots=True)
class ChooseModel:
    """Use this model for answers from now on; ends with `ModelsListed`."""

    name: str


@dataclass(frozen=True, slots=True)
class UseForRecognition:
    """Recognise text in scans with this model or not; with none, nothing is recognised. Ends with `ModelsListed`."""

    name: str
    is_used: bool


@dataclass(frozen=True, slots=True)
class ModelsListed:
    models: tuple[ModelRow, ...]


@dataclass(frozen=True, slots=True)
class ModelProgress:
    """`done_bytes` of `total_bytes`; `stage` is "download", "verify" or "copy"."""

    name: str
    stage: str
    done_bytes: int
    total_bytes: int


ModelRequest: TypeAlias = ListModels | GetModel | AddModel | RemoveModel | ChooseModel | UseForRecognition

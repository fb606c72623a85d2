"""The installed models, loaded as the engine loads them."""

from pathlib import Path

from app.config.paths import resources_dir
from app.library.embedder import Embedder
from app.llm.catalogue import load_catalogue
from app.llm.embedders import embedder_choice
from app.llm.shelf import Shelf

EMBEDDER = "bge-small-en-v1.5"


def english_embedder(models_dir: Path) -> Embedder:
    """Return the embedder that `make test` installs."""
    shelf = Shelf((models_dir,), load_catalogue(resources_dir() / "models.toml"))
    choice = embedder_choice(shelf, (), EMBEDDER)
    return Embedder(choice.path, choice.settings, choice.space)

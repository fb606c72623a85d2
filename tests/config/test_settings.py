"""Settings survive a round trip and damage."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from app.config.settings import Settings, load_settings, save_settings, settings_trouble


def test_missing_settings_are_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.toml") == Settings()


def test_damaged_settings_are_the_defaults_and_kept_aside(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"theme = [\xff")
    assert load_settings(path) == Settings()
    assert settings_trouble(path)
    save_settings(path, Settings(theme="dark"))
    assert load_settings(path) == Settings(theme="dark")
    assert settings_trouble(path) == ""
    assert (tmp_path / "settings.toml.damaged").read_bytes() == b"theme = [\xff"


def test_a_value_of_the_wrong_type_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('theme = 3\nmodel = "small"\nunknown = 1\n')
    assert load_settings(path) == Settings(model="small")


@given(st.text(max_size=40), st.integers(0, 10_000))
def test_settings_come_back_as_they_were_saved(model: str, tokens: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "settings.toml"
        settings = Settings(model=model, evidence_tokens=tokens)
        save_settings(path, settings)
        assert load_settings(path) == settings

"""`institute list | show | check`."""

from pathlib import Path

from typer.testing import CliRunner

from archive.institutes import registry
from archive.institutes.commands import app

runner = CliRunner()


def test_list_names_every_profile() -> None:
    result = runner.invoke(app, ["list"])
    assert result.exit_code == 0
    for name in (*registry.names(), *registry.platforms()):
        assert name in result.stdout
    assert "en, ar" in result.stdout


def test_what_show_prints_is_a_profile_again(tmp_path: Path) -> None:
    for name in registry.names():
        result = runner.invoke(app, ["show", name])
        assert result.exit_code == 0
        path = tmp_path / f"{name}.toml"
        path.write_text(result.stdout, encoding="utf-8")
        shown = registry.load(path)
        assert shown.model_copy(update={"extends": None}) == registry.load(name).model_copy(update={"extends": None})


def test_show_says_until_when_a_rule_holds() -> None:
    shown = runner.invoke(app, ["show", "demo"]).stdout
    assert '[[kinds]]\nkind = "weekly_brief"\nsection = ["Briefs", "موجزات"]\nuntil = 2024-12-31\n' in shown


def test_check(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text('extends = "wordpress"\nname = "معهد"\nhome = "https://example.org/"\n', encoding="utf-8")
    result = runner.invoke(app, ["check", str(path)])
    assert (result.exit_code, result.stdout) == (0, f"{path}: valid: x, معهد, https://example.org/\n")
    assert runner.invoke(app, ["check", "wordpress"]).exit_code == 0


def test_a_mistake_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("[urls]\nlistng = ['عربى']\n", encoding="utf-8")
    for verb in ("check", "show"):
        result = runner.invoke(app, [verb, str(path)])
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr.startswith(f"{path}: urls.listng: there is no such key (did you mean 'listing'?)")
        assert result.stderr.count("\n") == 1

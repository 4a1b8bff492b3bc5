"""Keys that the configuration gives to actions, as Textual and the texts of the screens want them."""

from collections.abc import Mapping, Sequence

Keys = Mapping[str, Sequence[str]]


def keymap_of(keys: Keys) -> dict[str, str]:
    """What `App.set_keymap` takes. An action whose usual key does several things has the others keep that key:
    Textual takes a key away from everything on it."""
    if not keys:
        return {}
    from db.settings_keys import DEFAULTS

    lost = {key for name in keys for key in DEFAULTS[name]}
    sharing = {name: usual for name, usual in DEFAULTS.items() if lost & set(usual)}
    return {
        name: ",".join("comma" if key == "," else key for key in chosen) for name, chosen in {**sharing, **keys}.items()
    }


def first_key(keys: Keys, name: str) -> str:
    """The key of an action by its name, as the configuration writes it."""
    if name in keys:
        return keys[name][0]
    from db.settings_keys import DEFAULTS

    return DEFAULTS[name][0]

"""A product of your own: a folder for each partner on a file share.

The catalogue's file declares it, and says to whom it is due (docs/products.md):

    products:
      material: {kind: shared_folder, root: /srv/partners}
    entries:
      - product: material
        only_if_wanted: false
        required: false
        parameters: {folders: [offers, contracts]}
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields, validate

from chassis.failures import Kind, NeverPossible, NotNow
from provisioning.adapters.product_kinds import ClosedSchema, LeaseParameters, OfferedProduct, ProductKind
from provisioning.domain.orders import GrantOrder
from provisioning.domain.products import Product, StepOfProduct
from provisioning.domain.standings import ABSENT, OFF, ON, Observation, differs
from provisioning.handlers.ports import Outputs


def _check_folder(path: str) -> None:
    if not Path(path).is_dir():
        raise ValidationError(f"no folder at {path}")


class ShareSettings(ClosedSchema):
    """What the catalogue's file says of the product: checked at the start."""

    root = fields.String(required=True, validate=_check_folder)


class FolderParameters(LeaseParameters):
    """What an entry of the catalogue says: checked at the start, too."""

    folders = fields.List(
        fields.String(validate=validate.Regexp(r"^[a-z]{1,20}\Z")),
        required=True,
        validate=validate.Length(1, 10),
    )


class SharedFolder:
    """Step: the folder, readable for nobody while it is frozen.

    Every call looks first: the call before may have died after its work and before its note.
    """

    def __init__(self, name: str, root: Path) -> None:
        self.name = name
        self._root = root

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        folder = self._folder(order)
        if not folder.is_dir():
            return ABSENT
        if folder.stat().st_mode & 0o777 == 0:
            return OFF
        missing = [name for name in order.parameters["folders"] if not (folder / name).is_dir()]
        return differs("folders_missing", folders=", ".join(missing)) if missing else ON

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        folder = self._folder(order)
        for name in order.parameters["folders"]:
            self._make(folder / name)
        return {"folder": str(folder)}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        folder = self._folder(order)
        if folder.is_dir():
            folder.chmod(0o700)
            shutil.rmtree(folder)

    def freeze(self, order: GrantOrder, outputs: Outputs) -> None:
        if self._folder(order).is_dir():
            self._folder(order).chmod(0o000)

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> None:
        if self._folder(order).is_dir():
            self._folder(order).chmod(0o750)

    def _folder(self, order: GrantOrder) -> Path:
        """The slug never changes, and no other partner has it."""
        return self._root / order.slug

    def _make(self, folder: Path) -> None:
        """Sort failures here: later (NotNow, with its kind), or never as it stands (NeverPossible)."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise NeverPossible("name_taken", f"{folder.name} is there and no folder.") from error
        except OSError as error:
            message = f"The share could not make {folder.name}: {error.strerror}."
            raise NotNow("share_ill", message, kind=Kind.UNAVAILABLE) from error


def _offer(name: str, settings: Mapping[str, Any]) -> OfferedProduct:
    return OfferedProduct(
        product=Product(name, (StepOfProduct(name=name, is_brake=True),), identifiers=("folder",)),
        parameters=FolderParameters(),
        make_steps=lambda _outside: [SharedFolder(name, Path(settings["root"]))],
    )


KIND = ProductKind(offer=_offer, settings=ShareSettings())

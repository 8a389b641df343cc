# SPDX-License-Identifier: MIT
"""Where the tables of a lake are, for the configuration, for the readers, and for who waits for versions."""

import pathlib
import shutil

from tests.harness.readers import TablesUnder, Versions

LAYERS = ("bronze", "silver", "gold")
FOLDER = "shop"  # of a layer, in its container


class LocalLake:
    """Three directories below one."""

    def __init__(self, root):
        self.root = pathlib.Path(root)

    def Settings(self):
        """What the configuration says of the lake."""
        return {"lake": {layer: str(self.root / layer) for layer in LAYERS}}

    def Secrets(self):
        """What no command may say."""
        return []

    def Versions(self, table):
        """The versions whose commits are in the log of `layer/Table`, ascending; none where there is no table."""
        return Versions(self.root / table)

    def Names(self):
        """Every table, as `layer/Table`."""
        return list(TablesUnder(self.root))

    def Place(self, table):
        """(path or URI, options) as DeltaLakeReader takes them."""
        return self.root / table, None

    def Arguments(self, table, config):
        """How a command of the program is told of the table."""
        del config
        return [self.root / table]

    def OnDisk(self):
        """A directory that holds the lake as it is now."""
        return self.root


class ParquetLake(LocalLake):
    """The same with all layers, or those named, in Parquet mode."""

    def __init__(self, root, layers=LAYERS):
        super().__init__(root)
        self.formats = {layer: "parquet" if layer in layers else "delta" for layer in LAYERS}

    def Settings(self):
        settings = super().Settings()
        settings["lake"]["format"] = self.formats
        return settings

    def InParquetMode(self, table):
        return self.formats[table.split("/", 1)[0]] == "parquet"

    def Versions(self, table):
        return Versions(self.root / table, "_manifest" if self.InParquetMode(table) else "_delta_log")

    def Names(self):
        manifests = {str(found.parent.relative_to(self.root)) for found in self.root.rglob("_manifest")}
        return sorted(manifests | set(super().Names()))


class AzureLake:
    """A container for each layer in an emulator: in one account, or each in one of its own. `seen_at` is the endpoint
    that the program is told where it is not the emulator's own: a proxy's."""

    def __init__(self, azurite, accounts, directory, container="lake", seen_at=None):
        self.azurite = azurite
        self.accounts = dict(zip(LAYERS, accounts if len(accounts) > 1 else list(accounts) * len(LAYERS)))
        self.containers = {layer: f"{container}-{layer}" for layer in LAYERS}
        self.seen_at = seen_at or azurite.endpoint
        self.copy = pathlib.Path(directory) / "copy"
        for layer in LAYERS:
            azurite.CreateContainer(self.accounts[layer], self.containers[layer])

    def Settings(self):
        hosts = {layer: f"{account}.dfs.core.windows.net" for layer, account in self.accounts.items()}
        return {
            "lake": {layer: f"abfss://{self.containers[layer]}@{hosts[layer]}/{FOLDER}" for layer in LAYERS},
            "azure": {"endpoint": self.seen_at,
                      **{f"fs.azure.account.key.{hosts[layer]}": self.azurite.keys[self.accounts[layer]]
                         for layer in LAYERS}},
        }

    def Secrets(self):
        return sorted({self.azurite.keys[account] for account in self.accounts.values()})

    def Blobs(self, layer, below=""):
        """The names of the layer's objects, from its root on."""
        names = self.azurite.Names(self.accounts[layer], self.containers[layer], f"{FOLDER}/{below}")
        return [name.removeprefix(f"{FOLDER}/") for name in names]

    def Versions(self, table):
        layer, name = table.split("/", 1)
        files = [pathlib.PurePosixPath(blob) for blob in self.Blobs(layer, f"{name}/_delta_log/")]
        return sorted(int(file.stem) for file in files if file.suffix == ".json" and file.stem.isdigit())

    def Names(self):
        blobs = [(layer, blob) for layer in LAYERS for blob in self.Blobs(layer) if "/_delta_log/" in blob]
        return sorted({f"{layer}/{blob.split('/_delta_log/')[0]}" for layer, blob in blobs})

    def Place(self, table):
        layer, name = table.split("/", 1)
        account = self.accounts[layer]
        options = {"azure_storage_account_name": account, "azure_storage_account_key": self.azurite.keys[account],
                   "azure_storage_endpoint": self.azurite.EndpointOf(account), "allow_http": "true"}
        return f"az://{self.containers[layer]}/{FOLDER}/{name}", options

    def Arguments(self, table, config):
        return [table, "-c", config]

    def OnDisk(self):
        shutil.rmtree(self.copy, ignore_errors=True)
        for layer in LAYERS:
            self.azurite.CopyTo(self.accounts[layer], self.containers[layer], self.copy / layer, f"{FOLDER}/")
            if (self.copy / layer / FOLDER).exists():
                (self.copy / layer / FOLDER).rename(self.copy / "moved")
                (self.copy / layer).rmdir()
                (self.copy / "moved").rename(self.copy / layer)
        return self.copy

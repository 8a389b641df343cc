# SPDX-License-Identifier: MIT
"""Where the tables of a lake are, for the configuration, for the readers, and for who waits for versions."""

import pathlib
import shutil

from tests.harness.readers import TablesUnder, Versions

LAYERS = ("bronze", "silver", "gold")


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


class AzureLake:
    """A container for each layer, in accounts that may differ. `containers`: layer -> (account, key, container);
    `endpoint` is the address of the emulator, for the readers; `seen_at` the one that the program is told."""

    def __init__(self, endpoint, containers, directory, folder="shop", seen_at=None):
        self.endpoint = endpoint
        self.seen_at = seen_at or endpoint
        self.containers = containers
        self.folder = folder
        self.copy = pathlib.Path(directory) / "copy"

    def Settings(self):
        places, keys = {}, {}
        for layer, (account, key, container) in self.containers.items():
            host = f"{account}.dfs.core.windows.net"
            places[layer] = f"abfss://{container}@{host}/{self.folder}"
            keys[f"fs.azure.account.key.{host}"] = key
        return {"lake": places, "azure": {**keys, "endpoint": f"{self.seen_at}/{{account}}"}}

    def Secrets(self):
        return sorted({key for _, key, _ in self.containers.values()})

    def Container(self, layer):
        """The layer's container, by Azure's own client."""
        from azure.storage.blob import ContainerClient

        account, key, container = self.containers[layer]
        return ContainerClient(f"{self.endpoint}/{account}", container,
                               credential={"account_name": account, "account_key": key})

    def Create(self):
        from azure.core.exceptions import ResourceExistsError

        for layer in LAYERS:
            try:
                self.Container(layer).create_container()
            except ResourceExistsError:
                pass
        return self

    def Blobs(self, layer, below=""):
        """The names of the layer's objects, from the lake's folder on."""
        start = f"{self.folder}/{below}"
        return [name.removeprefix(f"{self.folder}/") for name in self.Container(layer).list_blob_names(
            name_starts_with=start)]

    def Versions(self, table):
        layer, name = table.split("/", 1)
        files = [pathlib.PurePosixPath(blob) for blob in self.Blobs(layer, f"{name}/_delta_log/")]
        return sorted(int(file.stem) for file in files if file.suffix == ".json" and file.stem.isdigit())

    def Names(self):
        found = set()
        for layer in LAYERS:
            for blob in self.Blobs(layer):
                if "/_delta_log/" in blob:
                    found.add(f"{layer}/{blob.split('/_delta_log/')[0]}")
        return sorted(found)

    def Place(self, table):
        layer, name = table.split("/", 1)
        account, key, container = self.containers[layer]
        options = {"account_name": account, "account_key": key, "allow_http": "true",
                   "azure_storage_endpoint": f"{self.endpoint}/{account}"}
        return f"az://{container}/{self.folder}/{name}", options

    def Arguments(self, table, config):
        return [table, "-c", config]

    def OnDisk(self):
        shutil.rmtree(self.copy, ignore_errors=True)
        for layer in LAYERS:
            container = self.Container(layer)
            for blob in self.Blobs(layer):
                target = self.copy / layer / blob
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(container.download_blob(f"{self.folder}/{blob}").readall())
        return self.copy

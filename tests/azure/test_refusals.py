# SPDX-License-Identifier: MIT
"""What Azure refuses, and how that is told: a code, the reason, what mends it, and never a secret."""

import base64
import json
import secrets
import time

import pytest

from tests.servers.azurite import Azurite, NewKey

TABLE = "CREATE TABLE Items (Id INT PRIMARY KEY, Name VARCHAR(40)); INSERT INTO Items VALUES (1, 'a'), (2, 'b')"


def Failure(lake, exits):
    outcome = lake.Run(exits=exits)
    return outcome.err


def test_a_wrong_key_is_told(lake_of):
    lake = lake_of("azure_wrong_key", TABLE)
    lake.WriteKey("mysilver", NewKey())
    said = Failure(lake, 77)
    assert "E3105" in said and "mysilver" in said and "az storage account keys list" in said
    checks = {check["check"]: check for check in json.loads(
        lake.Command("doctor", "-c", lake.config, "-o", "json", exits=77).out)}
    assert checks["lake.silver"]["code"] == "E3105" and checks["lake.bronze"]["outcome"] == "ok"


def test_a_missing_container_is_told_and_not_made(lake_of):
    lake = lake_of("azure_no_container", TABLE)
    lake.Configure({"lake": {"gold": "abfss://nowhere-delta@mygold.dfs.core.windows.net/shop"}})
    said = Failure(lake, 78)
    assert "E3108" in said and "nowhere-delta" in said and "az storage container create" in said


def test_missing_containers_are_made_when_that_is_asked_for(lake_of):
    lake = lake_of("azure_make_container", TABLE)
    lake.Configure({"lake": {"gold": f"abfss://{lake.container}-gold@mygold.dfs.core.windows.net/shop"},
                    "azure": {"create_containers": True}})
    for _ in range(2):
        lake.Run()
    lake.Verify()


def test_no_credential_is_told(lake_of):
    lake = lake_of("azure_no_credential", TABLE)
    del lake.settings["azure"]["fs.azure.account.key.mygold.dfs.core.windows.net"]
    lake.Configure({})
    said = Failure(lake, 78)
    assert "E3104" in said and "mygold" in said


def test_nobody_at_home_is_told(lake_of):
    lake = lake_of("azure_unreachable", TABLE)
    lake.Configure({"azure": {"endpoint": "http://127.0.0.1:1/{account}"}})
    outcome = lake.Command("doctor", "-c", lake.config, "-o", "json", exits=69)
    checks = {check["check"]: check for check in json.loads(outcome.out)}
    assert checks["lake.bronze"]["code"] == "E3101"


def test_a_signature_opens_a_layer_and_an_expired_one_is_told(lake_of, azurite):
    lake = lake_of("azure_sas", TABLE)
    del lake.settings["azure"]["fs.azure.account.key.mybronze.dfs.core.windows.net"]
    lake.Configure({"azure": {"fs.azure.sas.fixed.token.mybronze.dfs.core.windows.net": "${file:bronze.sas}"}})
    signature = lake.directory / "bronze.sas"
    signature.write_text(azurite.Sas("mybronze", lake.container))
    lake.Run()
    lake.Verify()
    signature.write_text(azurite.Sas("mybronze", lake.container, expires_in=-60))
    said = Failure(lake, 77)
    assert "E3106" in said and "it expired at" in said and "sig=" not in said
    signature.write_text(azurite.Sas("mybronze", lake.container, permissions="rl"))
    lake.server.sql("USE azure_sas; INSERT INTO Items VALUES (3, 'c')")
    assert "E3110" in Failure(lake, 77)


def test_a_signature_that_ends_while_it_runs_is_waited_for(lake_of, azurite):
    lake = lake_of("azure_sas_ends", TABLE)
    del lake.settings["azure"]["fs.azure.account.key.mybronze.dfs.core.windows.net"]
    lake.Configure({"azure": {"fs.azure.sas.fixed.token.mybronze.dfs.core.windows.net": "${file:bronze.sas}"}})
    signature = lake.directory / "bronze.sas"
    signature.write_text(azurite.Sas("mybronze", lake.container, expires_in=8))
    lake.Start()
    Silver = lambda: azurite.Names("mysilver", lake.container, "shop/Items/_delta_log/")
    lake.WaitUntil(lambda: len(Silver()) >= 2, "the first copy")
    seen = len(Silver())

    def Ended():
        lake.server.sql("USE azure_sas_ends; INSERT INTO Items SELECT MAX(Id) + 1, 'b' FROM Items")
        return "E3106" in lake.Said()

    lake.WaitUntil(Ended, "it says that the signature has ended")
    assert "it expired at" in lake.Said() and "sig=" not in lake.Said()
    signature.write_text(azurite.Sas("mybronze", lake.container))
    lake.WaitUntil(lambda: len(Silver()) > seen, "a commit with the new signature")
    lake.Verify()
    lake.Stop()


@pytest.fixture
def own_azurite():
    """One that the test may stop and start."""
    server = Azurite().start()
    yield server
    server.discard()


def test_a_rotated_key_is_taken_up_without_a_restart(lake_of, own_azurite):
    lake = lake_of("azure_rotated", TABLE, emulator=own_azurite)
    lake.Start()
    Silver = lambda: own_azurite.Names("mysilver", lake.container, "shop/Items/_delta_log/")
    lake.WaitUntil(lambda: len(Silver()) >= 2, "the first copy")
    # The new key is there before the old one ends, as with Azure's two keys.
    for account in ("mybronze", "mysilver", "mygold"):
        own_azurite.keys[account] = NewKey()
        lake.WriteKey(account, own_azurite.keys[account])
    own_azurite.stop()
    own_azurite.start()
    seen = len(Silver())
    lake.server.sql("USE azure_rotated; INSERT INTO Items VALUES (3, 'after the rotation')")
    lake.WaitUntil(lambda: len(Silver()) > seen, "a commit with the new key")
    lake.Stop()
    lake.Run()
    lake.Verify()


def Token(audience="https://storage.azure.com", lifetime=3600):
    """A token of the right form; Azurite checks what it says, not who signed it."""
    def Part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    now = int(time.time())
    claims = {"aud": audience, "iss": "https://sts.windows.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/",
              "iat": now - 60, "nbf": now - 60, "exp": now + lifetime}
    return f"{Part({'alg': 'none', 'typ': 'JWT'})}.{Part(claims)}.{secrets.token_hex(8)}"


def test_tls_with_an_own_authority_and_a_bearer_token(lake_of, servers):
    secure = Azurite(tls=True, oauth=True).start()
    try:
        lake = lake_of("azure_tls", TABLE, emulator=secure)
        refused = lake.Command("doctor", "-c", lake.config, "-o", "json", exits=78)
        assert {check["code"] for check in json.loads(refused.out) if check["check"].startswith("lake.")} == {"E3102"}
        for account in secure.keys:
            del lake.settings["azure"][f"fs.azure.account.key.{account}.dfs.core.windows.net"]
        lake.Configure({"azure": {"ca": str(secure.ca)}})
        environment = lake.Environment()
        token = Token()
        lake.Environment = lambda: {**environment, "AZURE_STORAGE_TOKEN": token}
        lake.Run()
        lake.Verify()
        lake.Environment = lambda: {**environment, "AZURE_STORAGE_TOKEN": Token(audience="https://elsewhere.example")}
        said = Failure(lake, 77)
        assert "E31" in said and token not in said
    finally:
        secure.discard()

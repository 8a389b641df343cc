// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/azure_credential.h"

#include <map>

#include <gtest/gtest.h>

#include "foreset/storage/azure/credential_settings.h"

namespace foreset::azure {
namespace {

using Variables = std::map<std::string, std::string>;

class AzureCredentialTest : public testing::Test {
 protected:
  AzureCredentialTest() {
    options_.environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
  }

  void Set(const std::string& name, const std::string& value) {
    settings_.keys.insert_or_assign(name, Secret(value));
  }
  AzureLocation Place(const std::string& account = "acc") {
    return ParseAzureUri("abfss://data@" + account + ".dfs.core.windows.net/x", "").value();
  }
  AzureCredential Choose(const std::string& account = "acc") {
    auto chosen = ChooseCredential(Place(account), settings_, options_);
    return chosen ? *std::move(chosen)
                  : AzureCredential{Anonymous{}, FormatCode(chosen.error().code)};
  }

  AzureSettings settings_;
  Variables variables_;
  AzureOptions options_;
};

TEST_F(AzureCredentialTest, EachAccountHasItsOwnKey) {
  Set("fs.azure.account.key.one.dfs.core.windows.net", "a2V5MQ==");
  Set("fs.azure.account.key.two.blob.core.windows.net", "a2V5Mg==");
  EXPECT_EQ(std::get<AccountKey>(Choose("one").way).key.Reveal(), "a2V5MQ==");
  EXPECT_EQ(std::get<AccountKey>(Choose("two").way).key.Reveal(), "a2V5Mg==");
  EXPECT_EQ(Choose("three").from, "E3104");
  EXPECT_EQ(KindOf(Choose("one")), "account key");
}

TEST_F(AzureCredentialTest, TheAccountsOwnSettingComesBeforeTheGeneralOne) {
  Set("fs.azure.account.key", "Z2VuZXJhbA==");
  Set("fs.azure.account.key.acc.dfs.core.windows.net", "b3du");
  EXPECT_EQ(Choose().from, "fs.azure.account.key.acc.dfs.core.windows.net");
  EXPECT_EQ(Choose("other").from, "fs.azure.account.key");
}

TEST_F(AzureCredentialTest, TheConfigurationComesBeforeTheEnvironment) {
  variables_["AZURE_STORAGE_ACCOUNT_KEY"] = "ZW52";
  EXPECT_EQ(Choose().from, "AZURE_STORAGE_ACCOUNT_KEY");
  Set("fs.azure.sas.fixed.token.acc.dfs.core.windows.net", "?sig=x");
  EXPECT_EQ(std::get<SasToken>(Choose().way).query.Reveal(), "sig=x");
}

TEST_F(AzureCredentialTest, HadoopsOAuthSettingsAreTakenVerbatim) {
  const std::string account = ".acc.dfs.core.windows.net";
  Set("fs.azure.account.auth.type" + account, "OAuth");
  Set("fs.azure.account.oauth.provider.type" + account,
      "org.apache.hadoop.fs.azurebfs.oauth2.ClientCredsTokenProvider");
  EXPECT_EQ(Choose().from, "E3103");
  Set("fs.azure.account.oauth2.client.id" + account, "id");
  Set("fs.azure.account.oauth2.client.secret" + account, "secret");
  Set("fs.azure.account.oauth2.client.endpoint" + account, "https://login.example/t/oauth2/token");
  const auto chosen = Choose();
  EXPECT_EQ(KindOf(chosen), "client secret");
  EXPECT_EQ(std::get<ClientSecret>(chosen.way).token_url, "https://login.example/t/oauth2/token");
  Set("fs.azure.account.oauth.provider.type" + account, "x.MsiTokenProvider");
  EXPECT_TRUE(std::get<ManagedIdentity>(Choose().way).url.ends_with("&client_id=id"));
  Set("fs.azure.account.oauth.provider.type" + account, "x.WorkloadIdentityTokenProvider");
  Set("fs.azure.account.oauth2.token.file" + account, "/var/token");
  EXPECT_EQ(std::get<WorkloadIdentity>(Choose().way).token_file, "/var/token");
  Set("fs.azure.account.oauth.provider.type" + account, "x.DeviceCodeProvider");
  EXPECT_EQ(Choose().from, "E3103");
  Set("fs.azure.account.auth.type" + account, "Custom");
  EXPECT_EQ(Choose().from, "E3103");
}

TEST_F(AzureCredentialTest, TheEnvironmentsWaysHaveAnOrder) {
  variables_ = {{"IDENTITY_ENDPOINT", "http://127.0.0.1:1/token"}, {"IDENTITY_HEADER", "h"}};
  EXPECT_EQ(KindOf(Choose()), "managed identity");
  variables_.insert({{"AZURE_CLIENT_ID", "id"}, {"AZURE_TENANT_ID", "tenant"}});
  variables_["AZURE_FEDERATED_TOKEN_FILE"] = "/var/token";
  EXPECT_EQ(std::get<WorkloadIdentity>(Choose().way).token_url,
            "https://login.microsoftonline.com/tenant/oauth2/v2.0/token");
  variables_["AZURE_CLIENT_SECRET"] = "secret";
  variables_["AZURE_AUTHORITY_HOST"] = "https://login.chinacloudapi.cn/";
  EXPECT_EQ(std::get<ClientSecret>(Choose().way).token_url,
            "https://login.chinacloudapi.cn/tenant/oauth2/v2.0/token");
  variables_["AZURE_STORAGE_TOKEN"] = "token";
  EXPECT_EQ(KindOf(Choose()), "bearer token");
  variables_["AZURE_STORAGE_SAS_TOKEN"] = "sig=x";
  EXPECT_EQ(KindOf(Choose()), "shared access signature");
  variables_["AZURE_STORAGE_ACCESS_KEY"] = "a2V5";
  EXPECT_EQ(KindOf(Choose()), "account key");
  variables_["AZURE_CREDENTIAL_TYPE"] = "workload_identity";
  EXPECT_EQ(KindOf(Choose()), "workload identity");
  variables_["AZURE_CREDENTIAL_TYPE"] = "telepathy";
  EXPECT_EQ(Choose().from, "E3103");
}

TEST_F(AzureCredentialTest, TheMachinesIdentityIsAskedOnlyWhenASettingSaysSo) {
  EXPECT_EQ(Choose().from, "E3104");
  variables_["AZURE_STORAGE_CREDENTIAL_TYPE"] = "managed_identity";
  EXPECT_TRUE(std::get<ManagedIdentity>(Choose().way).url.starts_with("http://169.254.169.254/"));
}

TEST_F(AzureCredentialTest, AKeyOfTheEnvironmentBelongsToTheNamedAccountOnly) {
  variables_ = {{"AZURE_STORAGE_ACCOUNT_NAME", "acc"}, {"AZURE_STORAGE_ACCOUNT_KEY", "a2V5"}};
  EXPECT_EQ(KindOf(Choose("acc")), "account key");
  EXPECT_EQ(Choose("other").from, "E3104");
}

TEST_F(AzureCredentialTest, AConnectionStringStandsForItsParts) {
  variables_["AZURE_STORAGE_CONNECTION_STRING"] =
      "DefaultEndpointsProtocol=http;AccountName=acc;AccountKey=a2V5;"
      "BlobEndpoint=http://127.0.0.1:10000/acc;";
  EXPECT_EQ(std::get<AccountKey>(Choose().way).key.Reveal(), "a2V5");
  EXPECT_EQ(EndpointOf(Place(), settings_, options_), "http://127.0.0.1:10000/acc");
  EXPECT_EQ(DefaultAccount(options_), "acc");
}

TEST_F(AzureCredentialTest, EndpointsAreTheConfigurationsThenTheEnvironmentsThenTheAccounts) {
  EXPECT_EQ(EndpointOf(Place(), settings_, options_), "https://acc.blob.core.windows.net");
  variables_["AZURE_STORAGE_USE_EMULATOR"] = "true";
  EXPECT_EQ(EndpointOf(Place("devstoreaccount1"), settings_, options_),
            "http://127.0.0.1:10000/devstoreaccount1");
  EXPECT_EQ(KindOf(Choose("devstoreaccount1")), "account key");
  settings_.endpoint = "http://127.0.0.1:5/{account}/";
  EXPECT_EQ(EndpointOf(Place(), settings_, options_), "http://127.0.0.1:5/acc");
}

}  // namespace
}  // namespace foreset::azure

#include "gateway/http/ids.h"

#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <set>

#include "gateway/http/secrets.h"

namespace guichet::http {
namespace {

const Secrets kSecrets{std::string(kSecretBytes, 'i'), std::string(kSecretBytes, 'c')};
constexpr const char* kId = "0197a2c4-5d1e-7c3a-9b1f-3f0f6a2f8d11";

TEST(Ids, AKeyMakesOneApplicationIdPerTenant) {
  const std::string id = application_id_of_key(kSecrets, "default", "k-1");
  EXPECT_EQ(id, application_id_of_key(kSecrets, "default", "k-1"));
  EXPECT_NE(id, application_id_of_key(kSecrets, "default", "k-2"));
  EXPECT_NE(id, application_id_of_key(kSecrets, "other", "k-1"));
  EXPECT_EQ(id[14], '8');
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
  EXPECT_EQ(parse_uuid(id), id);
}

TEST(Ids, FreshIdsAreVersion7AndCarryTheTime) {
  const Instant now = from_micros(1'767'277'402'123'456);
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(fresh_id(now));
  EXPECT_EQ(ids.size(), 1000U);
  EXPECT_EQ(ids.begin()->substr(0, 13), "019b79f1-180b");
  EXPECT_EQ((*ids.begin())[14], '7');
}

TEST(Ids, PartsOfADigestAreToldApart) {
  EXPECT_NE(keyed_digest("key", {"ab", "c"}), keyed_digest("key", {"a", "bc"}));
  EXPECT_NE(keyed_digest("key", {"a"}), keyed_digest("key", {"a", ""}));
  EXPECT_NE(keyed_digest("key", {"a"}), keyed_digest("yek", {"a"}));
}

TEST(Ids, AClientIsTheSameForTheirNumberAndNobodyWithoutOne) {
  const std::string id = client_id(kSecrets, "default", "046454286");
  EXPECT_EQ(id.size(), 34U);
  EXPECT_EQ(id, client_id(kSecrets, "default", "046454286"));
  EXPECT_EQ(id.find("046454286"), std::string::npos);
  EXPECT_NE(id, client_id(kSecrets, "default", "130692544"));
  EXPECT_EQ(client_id(kSecrets, "default", ""), "");
}

TEST(Ids, UuidsAreReadInAnyCaseAndNothingElseIs) {
  EXPECT_EQ(parse_uuid("0197A2C4-5D1E-7C3A-9B1F-3F0F6A2F8D11"), kId);
  for (const char* bad :
       {"", "0197a2c4", "0197a2c4-5d1e-7c3a-9b1f-3f0f6a2f8d1g",
        "0197a2c4-5d1e-7c3a-9b1f_3f0f6a2f8d11", "0197a2c45d1e7c3a9b1f3f0f6a2f8d11"})
    EXPECT_FALSE(parse_uuid(bad)) << bad;
}

// The check character of ISO 7064 MOD 37,36 was computed apart from this code.
TEST(ShortNumber, IsTheLast45BitsAndACheckCharacter) {
  EXPECT_EQ(short_number(kId), "Z1XN-2Z38H-V");
}

TEST(ShortNumber, IsReadHoweverItIsTyped) {
  for (const char* typed :
       {"Z1XN-2Z38H-V", "z1xn2z38hv", " z1xn 2z38h v ", "ZIXN-2Z38H-V", "zlxn-2z38h-v"})
    EXPECT_EQ(parse_number(typed).number, "Z1XN-2Z38H-V") << typed;
  std::mt19937_64 random(7);
  for (int i = 0; i < 2000; ++i) {
    const std::string number =
        short_number(application_id_of_key(kSecrets, "default", std::to_string(random())));
    EXPECT_EQ(parse_number(number).number, number);
  }
}

TEST(ShortNumber, OneWrongCharacterOrTwoSwappedAreNoticed) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const std::string right = "Z1XN2Z38HV";
  for (std::size_t at = 0; at < 9; ++at) {
    for (char c : alphabet) {
      std::string wrong = right;
      wrong[at] = c;
      if (wrong == right) continue;
      EXPECT_EQ(parse_number(wrong).number, "") << wrong;
      EXPECT_TRUE(parse_number(wrong).looks_like_one);
    }
    std::string swapped = right;
    std::swap(swapped[at], swapped[at + 1]);
    if (swapped == right) continue;
    EXPECT_EQ(parse_number(swapped).number, "") << swapped;
  }
}

TEST(ShortNumber, WhatIsNoNumberIsToldApart) {
  for (const char* other : {"", "Z1XN-2Z38H", "Z1XN-2Z38H-VV", "Z1XN/2Z38H-V", "é1XN-2Z38H-V"})
    EXPECT_FALSE(parse_number(other).looks_like_one) << other;
}

class SecretsFolder : public ::testing::Test {
 protected:
  SecretsFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "guichet-secrets-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~SecretsFolder() override { std::filesystem::remove_all(folder_); }

  void overwrite(const char* name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::trunc) << text;
  }
  std::string read(const char* name) {
    std::ifstream file(folder_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::filesystem::path folder_;
};

TEST_F(SecretsFolder, AreMadeOnceForThisUserAlone) {
  const auto first = open_secrets(folder_, FirstStart::yes);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->ids.size(), kSecretBytes);
  EXPECT_NE(first->ids, first->clients);
  for (const char* name : {"ids.key", "clients.key"}) {
    struct stat status {};
    ASSERT_EQ(::stat((folder_ / name).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
  }
  const auto second = open_secrets(folder_, FirstStart::no);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->ids, first->ids);
  EXPECT_EQ(second->clients, first->clients);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 2);
}

TEST_F(SecretsFolder, AKeyThatOthersMayReadIsRefused) {
  ASSERT_TRUE(open_secrets(folder_, FirstStart::yes));
  ::chmod((folder_ / "ids.key").c_str(), 0640);
  const auto secrets = open_secrets(folder_, FirstStart::no);
  ASSERT_FALSE(secrets);
  EXPECT_NE(secrets.error().message.find("chmod 600"), std::string::npos);
}

TEST_F(SecretsFolder, RootMayGiveThemToAUserByTheirGroupBehindLinksAsKubernetesDoes) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files to others";
  constexpr uid_t kUser = 10'001;
  ASSERT_TRUE(open_secrets(folder_, FirstStart::yes));
  std::filesystem::create_directory(folder_ / "..data");
  for (const char* name : {"ids.key", "clients.key"}) {
    const std::filesystem::path file = folder_ / "..data" / name;
    std::filesystem::rename(folder_ / name, file);
    std::filesystem::create_symlink(std::filesystem::path("..data") / name, folder_ / name);
    ASSERT_EQ(::chown(file.c_str(), 0, kUser), 0);
  }
  ::chmod(folder_.c_str(), 0755);
  const auto opens_as_user = [&](mode_t mode) {
    for (const char* name : {"ids.key", "clients.key"})
      ::chmod((folder_ / "..data" / name).c_str(), mode);
    const pid_t child = ::fork();
    if (child == 0) {
      const bool is_user =
          ::setgroups(0, nullptr) == 0 && ::setgid(kUser) == 0 && ::setuid(kUser) == 0;
      ::_exit(!is_user ? 2 : open_secrets(folder_, FirstStart::no) ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WEXITSTATUS(status);
  };
  EXPECT_EQ(opens_as_user(0440), 0);
  EXPECT_EQ(opens_as_user(0444), 1);
  EXPECT_EQ(opens_as_user(0460), 1);
}

TEST_F(SecretsFolder, ADamagedKeyIsRefusedWhereverItIsDamaged) {
  ASSERT_TRUE(open_secrets(folder_, FirstStart::yes));
  const std::string whole = read("clients.key");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = damaged[at] == '1' ? '2' : '1';
    overwrite("clients.key", damaged);
    EXPECT_FALSE(open_secrets(folder_, FirstStart::no)) << at;
    overwrite("clients.key", whole.substr(0, at));
    EXPECT_FALSE(open_secrets(folder_, FirstStart::no)) << at;
  }
  overwrite("clients.key", whole);
  EXPECT_TRUE(open_secrets(folder_, FirstStart::no));
}

TEST_F(SecretsFolder, AKeyThatIsGoneFromAFolderWithDataIsNotMadeAnew) {
  ASSERT_TRUE(open_secrets(folder_, FirstStart::yes));
  std::filesystem::remove(folder_ / "clients.key");
  EXPECT_FALSE(open_secrets(folder_, FirstStart::no));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "clients.key"));
}

TEST_F(SecretsFolder, AFirstStartThatDiedHalfWayGoesOn) {
  overwrite("ids.key.new", "guichet-key-1 00");
  EXPECT_TRUE(open_secrets(folder_, FirstStart::yes));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "ids.key.new"));
}

}  // namespace
}  // namespace guichet::http

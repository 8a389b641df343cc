// SPDX-License-Identifier: MIT
#include "foreset/cli/generate/shop_words.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

namespace foreset::cli {
namespace {

using Word = std::string_view;

constexpr std::array<Word, 48> kFirstNames = {
    "Amelia", "Jonas",  "Sofia",  "Chinedu", "Marie",   "Daniel", "Priya",  "Thomas",
    "Hannah", "Mateus", "Yuki",   "Fatima",  "Lukas",   "Elena",  "Samuel", "Aoife",
    "Noah",   "Grace",  "Oliver", "Emily",   "Carlos",  "Zara",   "Henry",  "Nora",
    "Leila",  "Marco",  "Ingrid", "Kwame",   "Alice",   "Pavel",  "Mei",    "Rashid",
    "Clara",  "Diego",  "Freya",  "Tomasz",  "Ananya",  "Peter",  "Louise", "Ibrahim",
    "Julia",  "Anders", "Rosa",   "Victor",  "Beatriz", "Liam",   "Naomi",  "Stefan"};

constexpr std::array<Word, 48> kLastNames = {
    "Thornton",  "Weiss",    "Herrera", "Okafor",    "Dubois",  "Kowalski", "Raman",     "Murphy",
    "Lindqvist", "Carvalho", "Tanaka",  "Haddad",    "Novak",   "Conti",    "Green",     "Brennan",
    "Jansen",    "Mensah",   "Brandt",  "Sorensen",  "Mendoza", "Costa",    "Whitfield", "Eriksen",
    "Farahani",  "Ricci",    "Berg",    "Asante",    "Walker",  "Dvorak",   "Chen",      "Khan",
    "Fischer",   "Torres",   "Nilsson", "Zielinski", "Iyer",    "Bennett",  "Laurent",   "Diallo",
    "Schmidt",   "Olsen",    "Marin",   "Petrov",    "Almeida", "Byrne",    "Goldberg",  "Keller"};

struct City {
  Word name;
  Word state;
  Word zip_prefix;
  Word country;
  Word dial_code;
};
constexpr std::array<City, 20> kCities = {{
    {"Bristol", "England", "BS1 ", "United Kingdom", "+44 117"},
    {"Leeds", "England", "LS2 ", "United Kingdom", "+44 113"},
    {"Edinburgh", "Scotland", "EH3 ", "United Kingdom", "+44 131"},
    {"London", "England", "SE1 ", "United Kingdom", "+44 20"},
    {"Hamburg", "Hamburg", "20", "Germany", "+49 40"},
    {"München", "Bayern", "80", "Germany", "+49 89"},
    {"Valencia", "Valencia", "46", "Spain", "+34 960"},
    {"Lyon", "Auvergne-Rhône-Alpes", "69", "France", "+33 4"},
    {"Kraków", "Małopolskie", "31-", "Poland", "+48 12"},
    {"Seattle", "WA", "98", "United States", "+1 206"},
    {"Portland", "OR", "97", "United States", "+1 503"},
    {"Boston", "MA", "02", "United States", "+1 617"},
    {"Cork", "Munster", "T12 ", "Ireland", "+353 21"},
    {"Göteborg", "Västra Götaland", "411 ", "Sweden", "+46 31"},
    {"Porto", "Porto", "4050-", "Portugal", "+351 22"},
    {"Torino", "Piemonte", "10", "Italy", "+39 011"},
    {"Utrecht", "Utrecht", "35", "Netherlands", "+31 30"},
    {"Basel", "Basel-Stadt", "40", "Switzerland", "+41 61"},
    {"Aarhus", "Midtjylland", "80", "Denmark", "+45 86"},
    {"Bergen", "Vestland", "50", "Norway", "+47 55"},
}};

constexpr std::array<Word, 20> kStreets = {
    "Harbour Walk",  "Station Road",  "Mill Lane",   "High Street",   "Garden Terrace",
    "Church Street", "Park Avenue",   "Bridge Road", "Market Square", "Linden Street",
    "Castle Street", "Orchard Close", "Canal Side",  "Victoria Road", "Rose Hill",
    "Elm Grove",     "Quay Street",   "North Gate",  "Meadow View",   "College Green"};

constexpr std::array<Word, 20> kQualities = {
    "Classic", "Compact",  "Everyday",  "Heritage", "Nordic", "Studio",   "Alpine",
    "Coastal", "Workshop", "Folding",   "Slim",     "Large",  "Recycled", "Organic",
    "Travel",  "Weekend",  "Signature", "Original", "Double", "Handmade"};

struct Shelf {
  Word category;
  std::array<Word, 8> goods;
  Word description;
};
constexpr std::array<Shelf, 13> kShelves = {{
    {"Kitchen & Dining",
     {"Saucepan", "Mixing Bowl", "Bread Knife", "Salad Servers", "Pepper Mill", "Baking Tin",
      "Water Carafe", "Apron"},
     "Made for daily use and easy to clean."},
    {"Outdoor & Camping",
     {"Day Pack", "Head Torch", "Camp Chair", "Rain Shell", "Trekking Poles", "Mess Kit", "Tarp",
      "Sleeping Mat"},
     "Light, packable, and tested in bad weather."},
    {"Lighting",
     {"Table Lamp", "Wall Light", "Reading Lamp", "String Lights", "Floor Lamp", "Night Light",
      "Pendant", "LED Bulb"},
     "Warm light, long life, standard holder."},
    {"Audio",
     {"Earbuds", "Portable Speaker", "Soundbar", "Headphone Stand", "Phono Preamp",
      "Studio Microphone", "DAB Radio", "Speaker Cable"},
     "Clear sound without fuss."},
    {"Stationery",
     {"Notebook", "Gel Pens", "Desk Planner", "Sketch Pad", "Envelopes", "Pencil Case",
      "Wall Calendar", "Ink Bottle"},
     "Good paper and honest materials."},
    {"Coffee & Tea",
     {"Espresso Beans", "Filter Roast", "Green Tea", "Hand Grinder", "Milk Jug", "Teapot",
      "Moka Pot", "Chai Blend"},
     "Freshly packed; keep cool and dry."},
    {"Books",
     {"Novel", "Cookbook", "Travel Guide", "Short Stories", "Atlas", "Biography", "Picture Book",
      "Poetry Collection"},
     "Paperback, with notes by the author."},
    {"Toys & Games",
     {"Building Blocks", "Card Game", "Marble Run", "Jigsaw", "Kite", "Memory Game", "Plush Bear",
      "Chess Set"},
     "For rainy days; no batteries needed."},
    {"Computers & Accessories",
     {"Wireless Mouse", "Laptop Stand", "Webcam", "USB Stick", "Monitor Arm", "Charging Dock",
      "Network Switch", "Laptop Sleeve"},
     "Two years of guarantee."},
    {"Garden",
     {"Watering Can", "Hand Trowel", "Seed Tray", "Bird Feeder", "Garden Gloves", "Plant Pot",
      "Hose Reel", "Compost Bin"},
     "Frost-proof and made to last."},
    {"Sportswear",
     {"Running Shirt", "Shorts", "Hoodie", "Trail Socks", "Windbreaker", "Gym Bag", "Leggings",
      "Cap"},
     "Breathable and quick to dry."},
    {"Beauty",
     {"Face Cream", "Lip Balm", "Shampoo Bar", "Body Oil", "Cleansing Gel", "Sun Lotion",
      "Bath Salts", "Soap"},
     "Free of perfume, suits sensitive skin."},
    {"",
     {"Gift Box", "Storage Basket", "Wall Hook", "Umbrella", "Blanket", "Cushion", "Clock",
      "Picture Frame"},
     "A useful thing for every home."},
}};

constexpr std::array<Word, 12> kSellerStems = {"Harbour", "Kestrel", "Lumen",   "Northwind",
                                               "Marlow",  "Acorn",   "Volta",   "Sierra",
                                               "Fern",    "Cobalt",  "Juniper", "Beacon"};
constexpr std::array<Word, 10> kSellerEnds = {"Trading", "Supply",  "& Sons", "Goods",  "Works",
                                              "House",   "Company", "Market", "Makers", "Direct"};

constexpr std::array<std::array<Word, 5>, 5> kComments = {{
    {"Not what the photographs show.", "Broke on the second day.", "Never arrived complete.",
     "Would not buy again.", ""},
    {"Feels cheaper than it looks.", "Too small for what it costs.",
     "Worked for a month, then the seller sent another one.", "Scratched on arrival.", ""},
    {"Fine for the price.", "Does the job, but the instructions are hard to follow.",
     "Average. I expected a little more.", "Good product, slow delivery.", ""},
    {"Very good, though the box was dented.", "Solid quality, smaller than I thought.",
     "Happy with it so far.", "Almost perfect.", ""},
    {"Exactly as described, and a day early.", "Use it every day. Would buy again.",
     "Beautifully made.", "Worth every cent.", ""},
}};

constexpr std::array<Word, 8> kReturnReasons = {"It does not fit.",
                                                "Arrived damaged.",
                                                "The colour differs from the pictures.",
                                                "Ordered two by mistake.",
                                                "Stopped working within a week.",
                                                "A part was missing.",
                                                "The present was not to their taste.",
                                                "Delivered too late."};
constexpr std::array<Word, 6> kCancellationReasons = {
    "Found it in a local shop.",     "Delivery would take too long.", "Chose the wrong size.",
    "Ordered the same thing twice.", "The address was a former one.", "Changed my mind."};

const Shelf& ShelfOf(Word category) {
  const auto* found = std::ranges::find(kShelves, category, &Shelf::category);
  return found != kShelves.end() ? *found : kShelves.back();
}

}  // namespace

std::string PersonName(Random& random) {
  const Word first = random.Pick(kFirstNames);
  const Word last = random.Pick(kLastNames);
  return fmt::format("{} {}", first, last);
}

std::string EmailOf(std::string_view name, std::uint64_t number) {
  std::string email;
  for (const char c : name) {
    email += c == ' ' ? '.' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return fmt::format("{}.{}@example.com", email, number);
}

std::string PhoneNumber(Random& random) {
  const City& city = random.Pick(kCities);
  const std::size_t number = random.Below(10'000'000);
  return fmt::format("{} {:03} {:04}", city.dial_code, number / 10'000, number % 10'000);
}

PostalAddress RandomAddress(Random& random) {
  const City& city = random.Pick(kCities);
  const Word street = random.Pick(kStreets);
  const int house = random.Between(1, 240);
  const int zip = random.Between(100, 999);
  return {fmt::format("{} {}", house, street), std::string(city.name), std::string(city.state),
          fmt::format("{}{}", city.zip_prefix, zip), std::string(city.country)};
}

std::string SellerName(Random& random) {
  const Word stem = random.Pick(kSellerStems);
  const Word end = random.Pick(kSellerEnds);
  return fmt::format("{} {}", stem, end);
}

ProductText RandomProduct(Random& random, std::string_view category) {
  const Shelf& shelf = ShelfOf(category);
  const Word quality = random.Pick(kQualities);
  const Word goods = random.Pick(shelf.goods);
  return {fmt::format("{} {}", quality, goods), std::string(shelf.description)};
}

std::string_view ReviewComment(Random& random, int rating) {
  const auto index = static_cast<std::size_t>(std::clamp(rating, 1, 5) - 1);
  return random.Pick(kComments[index]);
}

std::string_view ReturnReason(Random& random) { return random.Pick(kReturnReasons); }

std::string_view CancellationReason(Random& random) { return random.Pick(kCancellationReasons); }

}  // namespace foreset::cli

-- SPDX-License-Identifier: MIT
-- A small shop in fifteen tables, for trying Foreset. Loads on MySQL 8 and later and on MariaDB, as often as you like:
--   mysql < online_store.sql
-- It DROPS the database online_store first. Foreign keys have no cascades: rows that a cascade changes are missing
-- from the binlog of MariaDB, and of MySQL before 9.6.

SET NAMES utf8mb4;
SET time_zone = '+00:00';

DROP DATABASE IF EXISTS online_store;
CREATE DATABASE online_store CHARACTER SET utf8mb4;
USE online_store;

CREATE TABLE Sellers (
  SellerID INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  Name VARCHAR(255) NOT NULL,
  Email VARCHAR(255),
  PhoneNumber VARCHAR(50),
  CreatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UpdatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
);

CREATE TABLE Customers (
  CustomerID INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  Name VARCHAR(255) NOT NULL,
  Email VARCHAR(255),
  PhoneNumber VARCHAR(50),
  CreatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UpdatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
);

CREATE TABLE ProductCategories (
  CategoryID INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  CategoryName VARCHAR(255) NOT NULL,
  CategoryDescription TEXT,
  CreatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UpdatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
);

CREATE TABLE Products (
  ProductID INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  Name VARCHAR(255) NOT NULL,
  Description TEXT,
  Price DECIMAL(18,2) NOT NULL,
  Cost DECIMAL(18,2),
  CategoryID INT,
  SellerID INT,
  CreatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UpdatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  FOREIGN KEY (CategoryID) REFERENCES ProductCategories (CategoryID),
  FOREIGN KEY (SellerID) REFERENCES Sellers (SellerID)
);

CREATE TABLE OrderStatus (
  StatusID INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  StatusName VARCHAR(50) NOT NULL,
  StatusDescription VARCHAR(255),
  CreatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UpdatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
);

CREATE TABLE Orders (
  OrderID INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  OrderNumber VARCHAR(50) NOT NULL,
  TotalAmount DECIMAL(18,2) NOT NULL,
  StatusID INT NOT NULL DEFAULT 1,
  CustomerID INT NOT NULL,
  CreatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UpdatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  FOREIGN KEY (StatusID) REFERENCES OrderStatus (StatusID),
  FOREIGN KEY (CustomerID) REFERENCES Customers (CustomerID)
);

CREATE TABLE Reasons (
  ReasonID INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  OrderID INT NOT NULL,
  ReasonType ENUM('Cancellation','Return') NOT NULL,
  ReasonDescription TEXT,
  CreatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UpdatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  FOREIGN KEY (OrderID) REFERENCES Orders (OrderID)
);

CREATE TABLE OrderItems (
  OrderItemID INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  OrderID INT NOT NULL,
  ProductID INT NOT NULL,
  Quantity INT NOT NULL,
  CurrentPrice DECIMAL(18,2) NOT NULL,
  CreatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UpdatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  FOREIGN KEY (OrderID) REFERENCES Orders (OrderID),
  FOREIGN KEY (ProductID) REFERENCES Products (ProductID)
);

CREATE TABLE ShoppingCarts (
  CartID INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  CustomerID INT NOT NULL,
  CreatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UpdatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  FOREIGN KEY (CustomerID) REFERENCES Customers (CustomerID)
);

CREATE TABLE CartItems (
  CartItemID INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  CartID INT NOT NULL,
  ProductID INT NOT NULL,
  Quantity INT NOT NULL,
  CreatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UpdatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  FOREIGN KEY (CartID) REFERENCES ShoppingCarts (CartID),
  FOREIGN KEY (ProductID) REFERENCES Products (ProductID)
);

CREATE TABLE PaymentMethods (
  PaymentMethodID INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  MethodName VARCHAR(50) NOT NULL,
  MethodDescription VARCHAR(255),
  CreatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UpdatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
);

CREATE TABLE Payments (
  PaymentID INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  OrderID INT NOT NULL,
  PaymentMethodID INT NOT NULL,
  Amount DECIMAL(18,2) NOT NULL,
  CreatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UpdatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  FOREIGN KEY (OrderID) REFERENCES Orders (OrderID),
  FOREIGN KEY (PaymentMethodID) REFERENCES PaymentMethods (PaymentMethodID)
);

CREATE TABLE Reviews (
  ReviewID INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  ProductID INT NOT NULL,
  CustomerID INT NOT NULL,
  Rating INT NOT NULL,
  Comment TEXT,
  CreatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UpdatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  FOREIGN KEY (ProductID) REFERENCES Products (ProductID),
  FOREIGN KEY (CustomerID) REFERENCES Customers (CustomerID)
);

CREATE TABLE Addresses (
  AddressID INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  CustomerID INT NOT NULL,
  AddressLine VARCHAR(255) NOT NULL,
  City VARCHAR(100) NOT NULL,
  State VARCHAR(100),
  ZipCode VARCHAR(20),
  Country VARCHAR(100) NOT NULL,
  IsBillingAddress BIT NOT NULL DEFAULT b'0',
  IsShippingAddress BIT NOT NULL DEFAULT b'0',
  CreatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UpdatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  FOREIGN KEY (CustomerID) REFERENCES Customers (CustomerID)
);

CREATE TABLE Inventory (
  InventoryID INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  InventoryName VARCHAR(255) NOT NULL,
  ProductID INT NOT NULL,
  QuantityInStock INT NOT NULL DEFAULT 0,
  ReorderThreshold INT NOT NULL DEFAULT 0,
  CreatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UpdatedAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  FOREIGN KEY (ProductID) REFERENCES Products (ProductID)
);

START TRANSACTION;

INSERT INTO Sellers
  (SellerID, Name, Email, PhoneNumber, CreatedAt, UpdatedAt)
VALUES
  (1, 'Harbour & Pine', 'trade@harbourandpine.example', '+44 117 496 0143', '2025-09-01 08:34:00', '2025-09-01 08:34:00'),
  (2, 'Kestrel Outdoor', 'orders@kestreloutdoor.example', '+44 131 496 0271', '2025-09-01 11:51:00', '2025-09-01 11:51:00'),
  (3, 'Lumen Home', 'hello@lumenhome.example', '+49 30 5550 1187', '2025-09-01 14:35:00', '2025-09-01 14:35:00'),
  (4, 'Northwind Audio', 'sales@northwindaudio.example', '+1 206 555 0148', '2025-09-01 17:29:00', '2025-09-01 17:29:00'),
  (5, 'Papier Atelier', 'bonjour@papieratelier.example', '+33 1 99 00 12 34', '2025-09-01 20:37:00', '2025-09-01 20:37:00'),
  (6, 'Café Sierra Roasters', 'ventas@cafesierra.example', '+34 910 555 019', '2025-09-01 23:34:00', '2025-09-01 23:34:00'),
  (7, 'Marlow Books', 'desk@marlowbooks.example', '+44 20 7946 0382', '2025-09-02 02:48:00', '2025-09-02 02:48:00'),
  (8, 'Little Acorn Toys', 'care@littleacorn.example', '+44 161 496 0555', '2025-09-02 05:27:00', '2025-09-02 05:27:00'),
  (9, 'Volta Electronics', 'b2b@voltaelectronics.example', '+1 415 555 0162', '2025-09-02 08:30:00', '2025-09-02 08:30:00'),
  (10, 'Green Thumb Supply', 'team@greenthumb.example', '+1 503 555 0117', '2025-09-02 11:57:00', '2025-09-02 11:57:00'),
  (11, 'Stride Athletics', 'wholesale@strideathletics.example', '+1 617 555 0190', '2025-09-02 14:54:00', '2025-09-02 14:54:00'),
  (12, 'Botanica Skincare', 'hola@botanicaskin.example', NULL, '2025-09-02 17:56:00', '2025-09-02 17:56:00');

INSERT INTO Customers
  (CustomerID, Name, Email, PhoneNumber, CreatedAt, UpdatedAt)
VALUES
  (1, 'Amelia Thornton', 'amelia.thornton@example.com', '+44 117 496 0011', '2025-09-05 04:11:58', '2025-09-05 04:11:58'),
  (2, 'Jürgen Weiß', 'jurgen.weiss@example.com', '+49 40 5550 1420', '2025-09-08 14:27:43', '2025-09-08 14:27:43'),
  (3, 'Sofía Herrera', 'sofia.herrera@example.com', '+34 960 555 017', '2025-09-10 00:09:17', '2025-09-10 00:09:17'),
  (4, 'Chinedu Okafor', 'chinedu.okafor@example.com', '+44 113 496 0822', '2025-09-15 23:53:22', '2025-09-15 23:53:22'),
  (5, 'Marie-Claire Dubois', 'marie-claire.dubois@example.com', '+33 4 99 00 55 12', '2025-09-16 09:56:06', '2025-09-16 09:56:06'),
  (6, 'Daniel Kowalski', 'daniel.kowalski@example.com', '+48 12 555 01 76', '2025-09-17 22:51:41', '2025-09-17 22:51:41'),
  (7, 'Priya Raman', 'priya.raman@example.com', '+1 206 555 0177', '2025-09-20 18:52:06', '2025-09-20 18:52:06'),
  (8, 'Tom O''Leary', 'tom.oleary@example.com', '+353 21 555 0144', '2025-09-23 03:16:50', '2025-09-23 03:16:50'),
  (9, 'Hannah Lindqvist', 'hannah.lindqvist@example.com', '+46 31 555 01 88', '2025-09-24 11:05:47', '2025-09-24 11:05:47'),
  (10, 'Mateus Carvalho', 'mateus.carvalho@example.com', '+351 22 555 0193', '2025-09-25 20:29:16', '2025-09-25 20:29:16'),
  (11, 'Yuki Tanaka', 'yuki.tanaka@example.com', '+1 503 555 0165', '2025-09-30 00:35:49', '2025-09-30 00:35:49'),
  (12, 'Fatima Al-Sayed', 'fatima.al-sayed@example.com', '+44 161 496 0714', '2025-10-01 02:33:51', '2025-10-01 02:33:51'),
  (13, 'Lukas Novák', 'lukas.novak@example.com', NULL, '2025-10-05 03:30:13', '2025-10-05 03:30:13'),
  (14, 'Isabella Conti', 'isabella.conti@example.com', '+39 011 555 0129', '2025-10-06 01:42:18', '2025-10-06 01:42:18'),
  (15, 'Samuel Green', 'samuel.green@example.com', '+1 617 555 0138', '2025-10-07 19:59:51', '2025-10-07 19:59:51'),
  (16, 'Aoife Brennan', 'aoife.brennan@example.com', '+353 91 555 0106', '2025-10-09 02:32:01', '2025-10-09 02:32:01'),
  (17, 'Noah van Dijk', 'noah.van.dijk@example.com', '+31 30 555 0151', '2025-10-10 18:31:59', '2025-10-10 18:31:59'),
  (18, 'Grace Mensah', 'grace.mensah@example.com', '+44 20 7946 0951', '2025-10-14 17:36:24', '2025-10-14 17:36:24'),
  (19, 'Oliver Brandt', 'oliver.brandt@example.com', '+41 61 555 01 32', '2025-10-17 10:45:24', '2025-10-17 10:45:24'),
  (20, 'Emily Sørensen', 'emily.sorensen@example.com', '+45 86 55 01 23', '2025-10-19 05:23:56', '2025-10-19 05:23:56'),
  (21, 'Carlos Mendoza', 'carlos.mendoza@example.com', '+1 415 555 0184', '2025-10-22 21:17:20', '2025-10-22 21:17:20'),
  (22, 'Zoë Papadopoulou', 'zoe.papadopoulou@example.com', '+30 231 055 5014', '2025-10-23 02:48:05', '2025-10-23 02:48:05'),
  (23, 'Henry Whitfield', 'henry.whitfield@example.com', '+44 131 496 0318', '2025-10-24 16:27:57', '2025-10-24 16:27:57'),
  (24, 'Nora Eriksen', 'nora.eriksen@example.com', NULL, '2025-10-24 23:41:51', '2025-10-24 23:41:51');

INSERT INTO ProductCategories
  (CategoryID, CategoryName, CategoryDescription, CreatedAt, UpdatedAt)
VALUES
  (1, 'Kitchen & Dining', 'Cookware, tableware and small tools for everyday cooking.', '2025-09-01 08:00:00', '2025-09-01 08:00:00'),
  (2, 'Outdoor & Camping', 'Tents, packs, stoves and everything that survives the rain.', '2025-09-01 08:01:00', '2025-09-01 08:01:00'),
  (3, 'Lighting', 'Desk, floor and pendant lamps, and the bulbs that fit them.', '2025-09-01 08:02:00', '2025-09-01 08:02:00'),
  (4, 'Audio', 'Headphones, speakers and turntables.', '2025-09-01 08:03:00', '2025-09-01 08:03:00'),
  (5, 'Stationery', 'Notebooks, pens and paper for people who still write by hand.', '2025-09-01 08:04:00', '2025-09-01 08:04:00'),
  (6, 'Coffee & Tea', 'Fresh beans, loose-leaf tea and the gear to brew them.', '2025-09-01 08:05:00', '2025-09-01 08:05:00'),
  (7, 'Books', 'New fiction, non-fiction and cookery.', '2025-09-01 08:06:00', '2025-09-01 08:06:00'),
  (8, 'Toys & Games', 'Wooden toys, puzzles and board games.', '2025-09-01 08:07:00', '2025-09-01 08:07:00'),
  (9, 'Computers & Accessories', 'Keyboards, hubs, cables and storage.', '2025-09-01 08:08:00', '2025-09-01 08:08:00'),
  (10, 'Garden', 'Seeds, tools and pots.', '2025-09-01 08:09:00', '2025-09-01 08:09:00'),
  (11, 'Sportswear', 'Shoes and clothing for running, gym and yoga.', '2025-09-01 08:10:00', '2025-09-01 08:10:00'),
  (12, 'Beauty', 'Skincare without perfume or fuss.', '2025-09-01 08:11:00', '2025-09-01 08:11:00');

INSERT INTO Products
  (ProductID, Name, Description, Price, Cost, CategoryID, SellerID, CreatedAt, UpdatedAt)
VALUES
  (1, 'Cast Iron Skillet 26 cm', 'Pre-seasoned, oven-safe to 260 °C, two pouring lips.', 34.90, 17.20, 1, 1, '2025-09-02 08:00:00', '2025-09-02 08:00:00'),
  (2, 'Oak Chopping Board', 'End-grain European oak with a juice groove, 40 × 28 cm.', 42.00, 19.50, 1, 1, '2025-09-02 08:17:00', '2025-09-02 08:17:00'),
  (3, 'Stoneware Dinner Plates, Set of 4', 'Reactive glaze, dishwasher and microwave safe.', 48.50, 22.80, 1, 1, '2025-09-02 08:34:00', '2025-09-02 08:34:00'),
  (4, 'Chef''s Knife 20 cm', 'Forged stainless steel, full tang, walnut handle.', 79.00, 35.10, 1, 1, '2025-09-02 08:51:00', '2025-11-15 14:00:00'),
  (5, 'Two-Person Trekking Tent', 'Three-season tent, 2.1 kg, 3000 mm hydrostatic head.', 189.00, 96.40, 2, 2, '2025-09-02 09:08:00', '2025-09-02 09:08:00'),
  (6, 'Down Sleeping Bag −5 °C', '650-fill duck down, 980 g, with compression sack.', 164.95, 83.00, 2, 2, '2025-09-02 09:25:00', '2025-09-02 09:25:00'),
  (7, 'Gas Camping Stove', 'Folding burner with piezo ignition; fits EN 417 cartridges.', 27.50, 11.90, 2, 2, '2025-09-02 09:42:00', '2025-09-02 09:42:00'),
  (8, 'Insulated Bottle 750 ml', 'Keeps drinks cold for 24 hours or hot for 12.', 24.95, 8.75, 2, 2, '2025-09-02 09:59:00', '2025-09-02 09:59:00'),
  (9, 'Arc Desk Lamp', 'Dimmable LED, 2700–4000 K, USB-C charging port in the base.', 69.00, 31.60, 3, 3, '2025-09-02 10:16:00', '2025-09-02 10:16:00'),
  (10, 'Linen Pendant Shade', 'Natural linen, 45 cm, for E27 holders.', 39.90, 16.30, 3, 3, '2025-09-02 10:33:00', '2025-09-02 10:33:00'),
  (11, 'Filament Bulb E27, 3-Pack', '4 W LED, 470 lm, 2200 K.', 14.40, 5.10, 3, 3, '2025-09-02 10:50:00', '2025-09-02 10:50:00'),
  (12, 'Paper Floor Lantern', 'Hand-folded rice paper on a beech stand, 120 cm.', 86.00, 38.20, 3, 3, '2025-09-02 11:07:00', '2025-09-02 11:07:00'),
  (13, 'Over-Ear Headphones NA-40', 'Closed-back, 40 mm drivers, replaceable ear pads.', 129.00, 61.00, 4, 4, '2025-09-02 11:24:00', '2025-11-15 14:00:00'),
  (14, 'Bookshelf Speakers, Pair', 'Two-way, 5-inch woofer, walnut veneer.', 249.00, 131.50, 4, 4, '2025-09-02 11:41:00', '2025-09-02 11:41:00'),
  (15, 'Belt-Drive Turntable', 'Aluminium platter, moving-magnet cartridge fitted.', 299.00, 162.00, 4, 4, '2025-09-02 11:58:00', '2025-09-02 11:58:00'),
  (16, 'Bluetooth Shower Speaker', 'IPX7, ten hours of battery.', 35.00, 13.80, 4, 9, '2025-09-02 12:15:00', '2025-09-02 12:15:00'),
  (17, 'Dotted Notebook A5', '192 numbered pages of 100 g paper, lies flat.', 18.50, 5.90, 5, 5, '2025-09-02 12:32:00', '2025-09-02 12:32:00'),
  (18, 'Brass Fountain Pen', 'Medium steel nib, converter included.', 58.00, 24.70, 5, 5, '2025-09-02 12:49:00', '2025-09-02 12:49:00'),
  (19, 'Letterpress Card Set', 'Eight cards with envelopes, four designs.', 16.00, 4.60, 5, 5, '2025-09-02 13:06:00', '2025-09-02 13:06:00'),
  (20, 'Washi Tape Assortment', 'Twelve rolls, 15 mm × 7 m.', 12.90, 3.95, 5, 5, '2025-09-02 13:23:00', '2025-09-02 13:23:00'),
  (21, 'Sierra Espresso Blend 1 kg', 'Chocolate, hazelnut, low acidity. Roasted weekly.', 26.00, 12.40, 6, 6, '2025-09-02 13:40:00', '2025-11-15 14:00:00'),
  (22, 'Ethiopia Guji 250 g', 'Washed; jasmine, bergamot and apricot.', 13.50, 6.70, 6, 6, '2025-09-02 13:57:00', '2025-09-02 13:57:00'),
  (23, 'Pour-Over Set', 'Glass server, ceramic dripper and forty filters.', 44.90, 18.60, 6, 6, '2025-09-02 14:14:00', '2025-09-02 14:14:00'),
  (24, 'First Flush Darjeeling 100 g', 'Loose leaf, spring harvest.', 15.80, 6.90, 6, 6, '2025-09-02 14:31:00', '2025-09-02 14:31:00'),
  (25, 'The Salt Road', 'A novel about three generations of a trading family.', 19.99, 9.80, 7, 7, '2025-09-02 14:48:00', '2025-09-02 14:48:00'),
  (26, 'Bread, Slowly', 'Sixty sourdough recipes for home ovens.', 28.00, 13.10, 7, 7, '2025-09-02 15:05:00', '2025-09-02 15:05:00'),
  (27, 'A Field Guide to Clouds', 'Two hundred photographs, with how to read the sky.', 22.50, 10.40, 7, 7, '2025-09-02 15:22:00', '2025-09-02 15:22:00'),
  (28, 'Wooden Train Set, 42 Pieces', 'Beech tracks, two bridges, magnetic wagons.', 54.95, 24.10, 8, 8, '2025-09-02 15:39:00', '2025-09-02 15:39:00'),
  (29, '1000-Piece Puzzle: Harbour', 'Linen finish, 68 × 48 cm.', 17.95, 6.20, 8, 8, '2025-09-02 15:56:00', '2025-09-02 15:56:00'),
  (30, 'Settlers'' Valley Board Game', 'Two to five players, sixty minutes, ages ten and up.', 39.00, 17.70, 8, 8, '2025-09-02 16:13:00', '2025-09-02 16:13:00'),
  (31, 'Mechanical Keyboard TKL', 'Hot-swappable switches, PBT keycaps, ISO layout.', 119.00, 58.90, 9, 9, '2025-09-02 16:30:00', '2025-11-15 14:00:00'),
  (32, 'USB-C Hub 7-in-1', 'HDMI 4K60, two USB-A, SD, Ethernet, 100 W pass-through.', 49.90, 21.30, 9, 9, '2025-09-02 16:47:00', '2025-09-02 16:47:00'),
  (33, 'Portable SSD 1 TB', '1050 MB/s, aluminium body, IP55.', 94.00, 57.50, 9, 9, '2025-09-02 17:04:00', '2025-09-02 17:04:00'),
  (34, 'Braided USB-C Cable 2 m', '240 W, 40 Gbit/s.', 21.50, 6.40, 9, 9, '2025-09-02 17:21:00', '2025-09-02 17:21:00'),
  (35, 'Herb Seed Collection', 'Basil, parsley, thyme, chives, coriander and dill.', 11.90, 3.30, 10, 10, '2025-09-02 17:38:00', '2025-09-02 17:38:00'),
  (36, 'Secateurs', 'Bypass blades, replaceable spring, for stems up to 22 mm.', 31.00, 13.90, 10, 10, '2025-09-02 17:55:00', '2025-09-02 17:55:00'),
  (37, 'Terracotta Pots, Set of 3', '14, 17 and 20 cm with saucers.', 29.90, 12.20, 10, 10, '2025-09-02 18:12:00', '2025-09-02 18:12:00'),
  (38, 'Trail Running Shoes', 'Vibram outsole, 6 mm drop, sizes 36–47.', 134.00, 63.00, 11, 11, '2025-09-02 18:29:00', '2025-09-02 18:29:00'),
  (39, 'Merino Base Layer', '190 g/m² merino, flat seams.', 64.00, 28.50, 11, 11, '2025-09-02 18:46:00', '2025-09-02 18:46:00'),
  (40, 'Yoga Mat 5 mm', 'Natural rubber, 185 × 66 cm.', 52.00, 21.40, 11, 11, '2025-09-02 19:03:00', '2025-09-02 19:03:00'),
  (41, 'Calendula Hand Cream 75 ml', 'Shea butter and calendula extract.', 12.50, 3.70, 12, 12, '2025-09-02 19:20:00', '2025-09-02 19:20:00'),
  (42, 'Vitamin C Serum 30 ml', '15 % L-ascorbic acid, fragrance-free.', 32.00, 9.90, 12, 12, '2025-09-02 19:37:00', '2025-09-02 19:37:00');

INSERT INTO OrderStatus
  (StatusID, StatusName, StatusDescription, CreatedAt, UpdatedAt)
VALUES
  (1, 'Ordered', 'The order was placed and waits to be packed.', '2025-09-01 08:00:00', '2025-09-01 08:00:00'),
  (2, 'Shipped', 'The parcel is on its way.', '2025-09-01 08:00:00', '2025-09-01 08:00:00'),
  (3, 'Delivered', 'The customer has received the order.', '2025-09-01 08:00:00', '2025-09-01 08:00:00'),
  (4, 'Returned', 'The goods came back and the payment was refunded.', '2025-09-01 08:00:00', '2025-09-01 08:00:00'),
  (5, 'Cancelled', 'The order was cancelled before it was shipped.', '2025-09-01 08:00:00', '2025-09-01 08:00:00');

INSERT INTO Orders
  (OrderID, OrderNumber, TotalAmount, StatusID, CustomerID, CreatedAt, UpdatedAt)
VALUES
  (1, 'FS-2509-10484', 153.90, 3, 6, '2025-09-25 14:53:24', '2025-09-28 17:53:24'),
  (2, 'FS-2509-10489', 137.40, 3, 6, '2025-09-25 15:22:24', '2025-09-28 15:22:24'),
  (3, 'FS-2509-10501', 74.90, 3, 3, '2025-09-28 09:06:00', '2025-10-01 13:06:00'),
  (4, 'FS-2510-10507', 54.95, 3, 1, '2025-10-01 01:16:09', '2025-10-05 02:16:09'),
  (5, 'FS-2510-10515', 325.00, 5, 8, '2025-10-02 12:48:06', '2025-10-02 21:48:06'),
  (6, 'FS-2510-10519', 355.00, 3, 11, '2025-10-04 20:28:51', '2025-10-09 02:28:51'),
  (7, 'FS-2510-10527', 49.90, 3, 12, '2025-10-05 01:55:18', '2025-10-10 05:55:18'),
  (8, 'FS-2510-10534', 81.20, 3, 8, '2025-10-06 01:55:33', '2025-10-09 07:55:33'),
  (9, 'FS-2510-10543', 11.90, 3, 8, '2025-10-09 13:46:36', '2025-10-12 16:46:36'),
  (10, 'FS-2510-10547', 64.00, 3, 10, '2025-10-10 10:39:11', '2025-10-13 16:39:11'),
  (11, 'FS-2510-10554', 13.50, 4, 6, '2025-10-15 23:18:47', '2025-11-01 02:18:47'),
  (12, 'FS-2510-10562', 42.00, 3, 12, '2025-10-18 08:46:21', '2025-10-21 10:46:21'),
  (13, 'FS-2510-10567', 55.00, 3, 7, '2025-10-20 12:30:03', '2025-10-25 14:30:03'),
  (14, 'FS-2510-10578', 32.00, 3, 8, '2025-10-24 14:32:45', '2025-10-28 18:32:45'),
  (15, 'FS-2510-10584', 39.00, 3, 17, '2025-10-26 12:03:11', '2025-10-30 12:03:11'),
  (16, 'FS-2511-10592', 252.65, 3, 3, '2025-11-04 19:16:42', '2025-11-08 21:16:42'),
  (17, 'FS-2511-10596', 34.90, 4, 16, '2025-11-13 23:37:57', '2025-11-27 03:37:57'),
  (18, 'FS-2511-10605', 147.50, 3, 18, '2025-11-15 20:10:17', '2025-11-20 01:10:17'),
  (19, 'FS-2511-10613', 114.30, 3, 17, '2025-11-15 22:45:05', '2025-11-19 00:45:05'),
  (20, 'FS-2511-10620', 337.95, 3, 2, '2025-11-23 12:11:59', '2025-11-28 17:11:59'),
  (21, 'FS-2511-10624', 184.80, 3, 24, '2025-11-28 15:24:39', '2025-12-01 19:24:39'),
  (22, 'FS-2511-10632', 31.00, 3, 24, '2025-11-29 15:19:48', '2025-12-03 16:19:48'),
  (23, 'FS-2512-10636', 17.95, 3, 1, '2025-12-01 03:32:39', '2025-12-05 06:32:39'),
  (24, 'FS-2512-10648', 77.50, 3, 10, '2025-12-03 21:35:09', '2025-12-08 23:35:09'),
  (25, 'FS-2512-10652', 35.00, 3, 7, '2025-12-05 16:38:30', '2025-12-09 22:38:30'),
  (26, 'FS-2512-10659', 98.00, 3, 17, '2025-12-06 23:13:32', '2025-12-12 07:13:32'),
  (27, 'FS-2512-10665', 111.75, 3, 23, '2025-12-07 11:30:57', '2025-12-12 13:30:57'),
  (28, 'FS-2512-10673', 74.80, 3, 7, '2025-12-08 15:40:37', '2025-12-11 23:40:37'),
  (29, 'FS-2512-10678', 37.00, 3, 13, '2025-12-11 04:50:30', '2025-12-16 04:50:30'),
  (30, 'FS-2512-10687', 24.95, 2, 21, '2025-12-17 16:57:35', '2025-12-18 18:57:35'),
  (31, 'FS-2512-10692', 265.95, 2, 3, '2025-12-19 04:49:32', '2025-12-20 10:49:32'),
  (32, 'FS-2512-10699', 119.00, 2, 15, '2025-12-19 07:30:30', '2025-12-20 13:30:30'),
  (33, 'FS-2512-10706', 963.50, 2, 20, '2025-12-19 14:01:24', '2025-12-20 16:01:24'),
  (34, 'FS-2512-10713', 226.00, 2, 17, '2025-12-19 14:59:42', '2025-12-20 20:59:42'),
  (35, 'FS-2512-10724', 42.00, 2, 5, '2025-12-19 15:17:33', '2025-12-20 15:17:33'),
  (36, 'FS-2512-10730', 585.00, 2, 17, '2025-12-20 01:43:18', '2025-12-21 03:43:18'),
  (37, 'FS-2512-10735', 22.50, 2, 4, '2025-12-20 15:12:38', '2025-12-21 16:12:38'),
  (38, 'FS-2512-10745', 18.50, 1, 4, '2025-12-20 16:28:00', '2025-12-20 16:28:00'),
  (39, 'FS-2512-10748', 24.95, 1, 19, '2025-12-21 02:00:41', '2025-12-21 02:00:41'),
  (40, 'FS-2512-10758', 12.50, 1, 2, '2025-12-21 03:09:55', '2025-12-21 03:09:55'),
  (41, 'FS-2512-10765', 164.95, 1, 17, '2025-12-23 04:44:07', '2025-12-23 04:44:07'),
  (42, 'FS-2512-10773', 24.95, 1, 23, '2025-12-24 23:25:45', '2025-12-24 23:25:45'),
  (43, 'FS-2512-10779', 183.95, 1, 3, '2025-12-25 01:35:30', '2025-12-25 01:35:30'),
  (44, 'FS-2512-10786', 42.00, 1, 5, '2025-12-25 10:30:58', '2025-12-25 10:30:58'),
  (45, 'FS-2512-10795', 99.00, 1, 19, '2025-12-25 16:48:49', '2025-12-25 16:48:49'),
  (46, 'FS-2512-10798', 49.90, 1, 12, '2025-12-26 20:39:24', '2025-12-26 20:39:24'),
  (47, 'FS-2512-10807', 157.20, 5, 1, '2025-12-27 02:06:24', '2025-12-27 20:06:24'),
  (48, 'FS-2512-10813', 32.00, 5, 3, '2025-12-27 02:39:31', '2025-12-27 06:39:31');

INSERT INTO Reasons
  (ReasonID, OrderID, ReasonType, ReasonDescription, CreatedAt, UpdatedAt)
VALUES
  (1, 5, 'Cancellation', 'Found the tent cheaper in a local shop.', '2025-10-02 21:48:06', '2025-10-02 21:48:06'),
  (2, 11, 'Return', 'The bag was open when it arrived; half of the beans were in the box.', '2025-11-01 02:18:47', '2025-11-01 02:18:47'),
  (3, 17, 'Return', 'Too heavy for me to lift with one hand.', '2025-11-27 03:37:57', '2025-11-27 03:37:57'),
  (4, 47, 'Cancellation', 'Delivery would have come after the birthday.', '2025-12-27 20:06:24', '2025-12-27 20:06:24'),
  (5, 48, 'Cancellation', 'Ordered by mistake; I still have a bottle.', '2025-12-27 06:39:31', '2025-12-27 06:39:31');

-- CurrentPrice is the price on the day of the order; four products cost more since 15 November.
INSERT INTO OrderItems
  (OrderItemID, OrderID, ProductID, Quantity, CurrentPrice, CreatedAt, UpdatedAt)
VALUES
  (1, 1, 10, 1, 39.90, '2025-09-25 14:53:24', '2025-09-25 14:53:24'),
  (2, 1, 36, 2, 31.00, '2025-09-25 14:53:24', '2025-09-25 14:53:24'),
  (3, 1, 40, 1, 52.00, '2025-09-25 14:53:24', '2025-09-25 14:53:24'),
  (4, 2, 9, 1, 69.00, '2025-09-25 15:22:24', '2025-09-25 15:22:24'),
  (5, 2, 17, 1, 18.50, '2025-09-25 15:22:24', '2025-09-25 15:22:24'),
  (6, 2, 32, 1, 49.90, '2025-09-25 15:22:24', '2025-09-25 15:22:24'),
  (7, 3, 29, 2, 17.95, '2025-09-28 09:06:00', '2025-09-28 09:06:00'),
  (8, 3, 30, 1, 39.00, '2025-09-28 09:06:00', '2025-09-28 09:06:00'),
  (9, 4, 28, 1, 54.95, '2025-10-01 01:16:09', '2025-10-01 01:16:09'),
  (10, 5, 2, 1, 42.00, '2025-10-02 12:48:06', '2025-10-02 12:48:06'),
  (11, 5, 5, 1, 189.00, '2025-10-02 12:48:06', '2025-10-02 12:48:06'),
  (12, 5, 33, 1, 94.00, '2025-10-02 12:48:06', '2025-10-02 12:48:06'),
  (13, 6, 26, 1, 28.00, '2025-10-04 20:28:51', '2025-10-04 20:28:51'),
  (14, 6, 31, 3, 109.00, '2025-10-04 20:28:51', '2025-10-04 20:28:51'),
  (15, 7, 32, 1, 49.90, '2025-10-05 01:55:18', '2025-10-05 01:55:18'),
  (16, 8, 1, 1, 34.90, '2025-10-06 01:55:33', '2025-10-06 01:55:33'),
  (17, 8, 27, 1, 22.50, '2025-10-06 01:55:33', '2025-10-06 01:55:33'),
  (18, 8, 35, 2, 11.90, '2025-10-06 01:55:33', '2025-10-06 01:55:33'),
  (19, 9, 35, 1, 11.90, '2025-10-09 13:46:36', '2025-10-09 13:46:36'),
  (20, 10, 39, 1, 64.00, '2025-10-10 10:39:11', '2025-10-10 10:39:11'),
  (21, 11, 22, 1, 13.50, '2025-10-15 23:18:47', '2025-10-15 23:18:47'),
  (22, 12, 2, 1, 42.00, '2025-10-18 08:46:21', '2025-10-18 08:46:21'),
  (23, 13, 7, 2, 27.50, '2025-10-20 12:30:03', '2025-10-20 12:30:03'),
  (24, 14, 42, 1, 32.00, '2025-10-24 14:32:45', '2025-10-24 14:32:45'),
  (25, 15, 30, 1, 39.00, '2025-10-26 12:03:11', '2025-10-26 12:03:11'),
  (26, 16, 9, 1, 69.00, '2025-11-04 19:16:42', '2025-11-04 19:16:42'),
  (27, 16, 28, 1, 54.95, '2025-11-04 19:16:42', '2025-11-04 19:16:42'),
  (28, 16, 30, 1, 39.00, '2025-11-04 19:16:42', '2025-11-04 19:16:42'),
  (29, 16, 37, 3, 29.90, '2025-11-04 19:16:42', '2025-11-04 19:16:42'),
  (30, 17, 1, 1, 34.90, '2025-11-13 23:37:57', '2025-11-13 23:37:57'),
  (31, 18, 18, 1, 58.00, '2025-11-15 20:10:17', '2025-11-15 20:10:17'),
  (32, 18, 19, 1, 16.00, '2025-11-15 20:10:17', '2025-11-15 20:10:17'),
  (33, 18, 34, 1, 21.50, '2025-11-15 20:10:17', '2025-11-15 20:10:17'),
  (34, 18, 40, 1, 52.00, '2025-11-15 20:10:17', '2025-11-15 20:10:17'),
  (35, 19, 1, 2, 34.90, '2025-11-15 22:45:05', '2025-11-15 22:45:05'),
  (36, 19, 17, 1, 18.50, '2025-11-15 22:45:05', '2025-11-15 22:45:05'),
  (37, 19, 21, 1, 26.00, '2025-11-15 22:45:05', '2025-11-15 22:45:05'),
  (38, 20, 8, 1, 24.95, '2025-11-23 12:11:59', '2025-11-23 12:11:59'),
  (39, 20, 27, 2, 22.50, '2025-11-23 12:11:59', '2025-11-23 12:11:59'),
  (40, 20, 38, 2, 134.00, '2025-11-23 12:11:59', '2025-11-23 12:11:59'),
  (41, 21, 10, 1, 39.90, '2025-11-28 15:24:39', '2025-11-28 15:24:39'),
  (42, 21, 16, 1, 35.00, '2025-11-28 15:24:39', '2025-11-28 15:24:39'),
  (43, 21, 28, 2, 54.95, '2025-11-28 15:24:39', '2025-11-28 15:24:39'),
  (44, 22, 17, 1, 18.50, '2025-11-29 15:19:48', '2025-11-29 15:19:48'),
  (45, 22, 41, 1, 12.50, '2025-11-29 15:19:48', '2025-11-29 15:19:48'),
  (46, 23, 29, 1, 17.95, '2025-12-01 03:32:39', '2025-12-01 03:32:39'),
  (47, 24, 22, 1, 13.50, '2025-12-03 21:35:09', '2025-12-03 21:35:09'),
  (48, 24, 42, 2, 32.00, '2025-12-03 21:35:09', '2025-12-03 21:35:09'),
  (49, 25, 16, 1, 35.00, '2025-12-05 16:38:30', '2025-12-05 16:38:30'),
  (50, 26, 2, 1, 42.00, '2025-12-06 23:13:32', '2025-12-06 23:13:32'),
  (51, 26, 26, 2, 28.00, '2025-12-06 23:13:32', '2025-12-06 23:13:32'),
  (52, 27, 8, 1, 24.95, '2025-12-07 11:30:57', '2025-12-07 11:30:57'),
  (53, 27, 11, 2, 14.40, '2025-12-07 11:30:57', '2025-12-07 11:30:57'),
  (54, 27, 18, 1, 58.00, '2025-12-07 11:30:57', '2025-12-07 11:30:57'),
  (55, 28, 1, 1, 34.90, '2025-12-08 15:40:37', '2025-12-08 15:40:37'),
  (56, 28, 20, 1, 12.90, '2025-12-08 15:40:37', '2025-12-08 15:40:37'),
  (57, 28, 22, 2, 13.50, '2025-12-08 15:40:37', '2025-12-08 15:40:37'),
  (58, 29, 17, 2, 18.50, '2025-12-11 04:50:30', '2025-12-11 04:50:30'),
  (59, 30, 8, 1, 24.95, '2025-12-17 16:57:35', '2025-12-17 16:57:35'),
  (60, 31, 12, 2, 86.00, '2025-12-19 04:49:32', '2025-12-19 04:49:32'),
  (61, 31, 28, 1, 54.95, '2025-12-19 04:49:32', '2025-12-19 04:49:32'),
  (62, 31, 30, 1, 39.00, '2025-12-19 04:49:32', '2025-12-19 04:49:32'),
  (63, 32, 31, 1, 119.00, '2025-12-19 07:30:30', '2025-12-19 07:30:30'),
  (64, 33, 5, 1, 189.00, '2025-12-19 14:01:24', '2025-12-19 14:01:24'),
  (65, 33, 7, 1, 27.50, '2025-12-19 14:01:24', '2025-12-19 14:01:24'),
  (66, 33, 14, 3, 249.00, '2025-12-19 14:01:24', '2025-12-19 14:01:24'),
  (67, 34, 4, 2, 79.00, '2025-12-19 14:59:42', '2025-12-19 14:59:42'),
  (68, 34, 19, 1, 16.00, '2025-12-19 14:59:42', '2025-12-19 14:59:42'),
  (69, 34, 40, 1, 52.00, '2025-12-19 14:59:42', '2025-12-19 14:59:42'),
  (70, 35, 2, 1, 42.00, '2025-12-19 15:17:33', '2025-12-19 15:17:33'),
  (71, 36, 2, 1, 42.00, '2025-12-20 01:43:18', '2025-12-20 01:43:18'),
  (72, 36, 5, 1, 189.00, '2025-12-20 01:43:18', '2025-12-20 01:43:18'),
  (73, 36, 7, 2, 27.50, '2025-12-20 01:43:18', '2025-12-20 01:43:18'),
  (74, 36, 15, 1, 299.00, '2025-12-20 01:43:18', '2025-12-20 01:43:18'),
  (75, 37, 27, 1, 22.50, '2025-12-20 15:12:38', '2025-12-20 15:12:38'),
  (76, 38, 17, 1, 18.50, '2025-12-20 16:28:00', '2025-12-20 16:28:00'),
  (77, 39, 8, 1, 24.95, '2025-12-21 02:00:41', '2025-12-21 02:00:41'),
  (78, 40, 41, 1, 12.50, '2025-12-21 03:09:55', '2025-12-21 03:09:55'),
  (79, 41, 6, 1, 164.95, '2025-12-23 04:44:07', '2025-12-23 04:44:07'),
  (80, 42, 8, 1, 24.95, '2025-12-24 23:25:45', '2025-12-24 23:25:45'),
  (81, 43, 13, 1, 129.00, '2025-12-25 01:35:30', '2025-12-25 01:35:30'),
  (82, 43, 28, 1, 54.95, '2025-12-25 01:35:30', '2025-12-25 01:35:30'),
  (83, 44, 2, 1, 42.00, '2025-12-25 10:30:58', '2025-12-25 10:30:58'),
  (84, 45, 16, 1, 35.00, '2025-12-25 16:48:49', '2025-12-25 16:48:49'),
  (85, 45, 42, 2, 32.00, '2025-12-25 16:48:49', '2025-12-25 16:48:49'),
  (86, 46, 32, 1, 49.90, '2025-12-26 20:39:24', '2025-12-26 20:39:24'),
  (87, 47, 11, 2, 14.40, '2025-12-27 02:06:24', '2025-12-27 02:06:24'),
  (88, 47, 27, 1, 22.50, '2025-12-27 02:06:24', '2025-12-27 02:06:24'),
  (89, 47, 33, 1, 94.00, '2025-12-27 02:06:24', '2025-12-27 02:06:24'),
  (90, 47, 35, 1, 11.90, '2025-12-27 02:06:24', '2025-12-27 02:06:24'),
  (91, 48, 42, 1, 32.00, '2025-12-27 02:39:31', '2025-12-27 02:39:31');

INSERT INTO ShoppingCarts
  (CartID, CustomerID, CreatedAt, UpdatedAt)
VALUES
  (1, 4, '2025-12-19 11:58:18', '2025-12-19 11:58:18'),
  (2, 8, '2025-12-23 02:43:34', '2025-12-23 02:43:34'),
  (3, 9, '2025-12-20 21:36:40', '2025-12-20 21:36:40'),
  (4, 11, '2025-12-19 09:55:59', '2025-12-19 09:55:59'),
  (5, 12, '2025-12-21 03:52:02', '2025-12-21 03:52:02'),
  (6, 13, '2025-12-23 22:12:40', '2025-12-23 22:12:40'),
  (7, 14, '2025-12-23 08:10:08', '2025-12-23 08:10:08'),
  (8, 15, '2025-12-22 07:54:03', '2025-12-22 07:54:03'),
  (9, 19, '2025-12-18 10:21:17', '2025-12-18 10:21:17'),
  (10, 20, '2025-12-27 05:43:30', '2025-12-27 05:43:30'),
  (11, 23, '2025-12-24 18:49:50', '2025-12-24 18:49:50');

INSERT INTO CartItems
  (CartItemID, CartID, ProductID, Quantity, CreatedAt, UpdatedAt)
VALUES
  (1, 1, 34, 1, '2025-12-19 11:58:18', '2025-12-19 11:58:18'),
  (2, 2, 34, 1, '2025-12-23 02:43:34', '2025-12-23 02:43:34'),
  (3, 2, 27, 1, '2025-12-23 02:43:34', '2025-12-23 02:43:34'),
  (4, 3, 19, 2, '2025-12-20 21:36:40', '2025-12-20 21:36:40'),
  (5, 4, 17, 1, '2025-12-19 09:55:59', '2025-12-19 09:55:59'),
  (6, 5, 2, 1, '2025-12-21 03:52:02', '2025-12-21 03:52:02'),
  (7, 6, 23, 2, '2025-12-23 22:12:40', '2025-12-23 22:12:40'),
  (8, 7, 33, 2, '2025-12-23 08:10:08', '2025-12-23 08:10:08'),
  (9, 7, 4, 1, '2025-12-23 08:10:08', '2025-12-23 08:10:08'),
  (10, 7, 31, 1, '2025-12-23 08:10:08', '2025-12-23 08:10:08'),
  (11, 8, 24, 1, '2025-12-22 07:54:03', '2025-12-22 07:54:03'),
  (12, 8, 36, 1, '2025-12-22 07:54:03', '2025-12-22 07:54:03'),
  (13, 9, 5, 1, '2025-12-18 10:21:17', '2025-12-18 10:21:17'),
  (14, 9, 26, 2, '2025-12-18 10:21:17', '2025-12-18 10:21:17'),
  (15, 10, 35, 1, '2025-12-27 05:43:30', '2025-12-27 05:43:30'),
  (16, 11, 4, 1, '2025-12-24 18:49:50', '2025-12-24 18:49:50'),
  (17, 11, 16, 1, '2025-12-24 18:49:50', '2025-12-24 18:49:50');

INSERT INTO PaymentMethods
  (PaymentMethodID, MethodName, MethodDescription, CreatedAt, UpdatedAt)
VALUES
  (1, 'Credit Card', 'Visa, Mastercard or American Express.', '2025-09-01 08:00:00', '2025-09-01 08:00:00'),
  (2, 'PayPal', 'Paid through the customer''s PayPal account.', '2025-09-01 08:00:00', '2025-09-01 08:00:00'),
  (3, 'Bank Transfer', 'SEPA or domestic transfer before shipping.', '2025-09-01 08:00:00', '2025-09-01 08:00:00'),
  (4, 'Cash on Delivery', 'Paid to the courier.', '2025-09-01 08:00:00', '2025-09-01 08:00:00'),
  (5, 'Gift Card', 'The shop''s own gift card; may pay for a part of an order.', '2025-09-01 08:00:00', '2025-09-01 08:00:00');

-- Cancelled orders were never charged and returned ones are refunded: neither has a payment.
INSERT INTO Payments
  (PaymentID, OrderID, PaymentMethodID, Amount, CreatedAt, UpdatedAt)
VALUES
  (1, 1, 5, 50.00, '2025-09-25 15:38:02', '2025-09-25 15:38:02'),
  (2, 1, 1, 103.90, '2025-09-25 15:38:22', '2025-09-25 15:38:22'),
  (3, 2, 1, 137.40, '2025-09-25 15:53:52', '2025-09-25 15:53:52'),
  (4, 3, 1, 74.90, '2025-09-28 10:01:46', '2025-09-28 10:01:46'),
  (5, 4, 1, 54.95, '2025-10-01 01:49:37', '2025-10-01 01:49:37'),
  (6, 6, 1, 355.00, '2025-10-04 21:19:26', '2025-10-04 21:19:26'),
  (7, 7, 3, 49.90, '2025-10-05 02:53:26', '2025-10-05 02:53:26'),
  (8, 8, 2, 81.20, '2025-10-06 02:41:10', '2025-10-06 02:41:10'),
  (9, 9, 1, 11.90, '2025-10-09 13:57:05', '2025-10-09 13:57:05'),
  (10, 10, 1, 64.00, '2025-10-10 10:56:11', '2025-10-10 10:56:11'),
  (11, 12, 1, 42.00, '2025-10-18 09:06:30', '2025-10-18 09:06:30'),
  (12, 13, 3, 55.00, '2025-10-20 12:41:58', '2025-10-20 12:41:58'),
  (13, 14, 4, 32.00, '2025-10-24 15:03:40', '2025-10-24 15:03:40'),
  (14, 15, 4, 39.00, '2025-10-26 12:25:39', '2025-10-26 12:25:39'),
  (15, 16, 1, 252.65, '2025-11-04 19:28:05', '2025-11-04 19:28:05'),
  (16, 18, 2, 147.50, '2025-11-15 20:49:22', '2025-11-15 20:49:22'),
  (17, 19, 1, 114.30, '2025-11-15 23:16:44', '2025-11-15 23:16:44'),
  (18, 20, 2, 337.95, '2025-11-23 12:49:27', '2025-11-23 12:49:27'),
  (19, 21, 1, 184.80, '2025-11-28 16:06:07', '2025-11-28 16:06:07'),
  (20, 22, 1, 31.00, '2025-11-29 15:35:34', '2025-11-29 15:35:34'),
  (21, 23, 1, 17.95, '2025-12-01 03:42:02', '2025-12-01 03:42:02'),
  (22, 24, 3, 77.50, '2025-12-03 21:40:49', '2025-12-03 21:40:49'),
  (23, 25, 3, 35.00, '2025-12-05 16:56:42', '2025-12-05 16:56:42'),
  (24, 26, 2, 98.00, '2025-12-07 00:05:16', '2025-12-07 00:05:16'),
  (25, 27, 3, 111.75, '2025-12-07 12:19:07', '2025-12-07 12:19:07'),
  (26, 28, 1, 74.80, '2025-12-08 15:56:36', '2025-12-08 15:56:36'),
  (27, 29, 2, 37.00, '2025-12-11 05:14:59', '2025-12-11 05:14:59'),
  (28, 30, 1, 24.95, '2025-12-17 17:53:42', '2025-12-17 17:53:42'),
  (29, 31, 1, 265.95, '2025-12-19 05:04:42', '2025-12-19 05:04:42'),
  (30, 32, 1, 119.00, '2025-12-19 07:52:35', '2025-12-19 07:52:35'),
  (31, 33, 2, 963.50, '2025-12-19 14:48:37', '2025-12-19 14:48:37'),
  (32, 34, 1, 226.00, '2025-12-19 15:00:54', '2025-12-19 15:00:54'),
  (33, 35, 1, 42.00, '2025-12-19 15:59:26', '2025-12-19 15:59:26'),
  (34, 36, 1, 585.00, '2025-12-20 02:18:55', '2025-12-20 02:18:55'),
  (35, 37, 3, 22.50, '2025-12-20 15:41:03', '2025-12-20 15:41:03'),
  (36, 38, 1, 18.50, '2025-12-20 17:01:58', '2025-12-20 17:01:58'),
  (37, 39, 2, 24.95, '2025-12-21 02:04:45', '2025-12-21 02:04:45'),
  (38, 40, 3, 12.50, '2025-12-21 04:06:35', '2025-12-21 04:06:35'),
  (39, 41, 1, 164.95, '2025-12-23 05:13:38', '2025-12-23 05:13:38'),
  (40, 42, 4, 24.95, '2025-12-24 23:54:57', '2025-12-24 23:54:57'),
  (41, 43, 1, 183.95, '2025-12-25 02:13:37', '2025-12-25 02:13:37'),
  (42, 44, 2, 42.00, '2025-12-25 11:05:13', '2025-12-25 11:05:13'),
  (43, 45, 1, 99.00, '2025-12-25 17:30:21', '2025-12-25 17:30:21'),
  (44, 46, 1, 49.90, '2025-12-26 21:24:00', '2025-12-26 21:24:00');

INSERT INTO Reviews
  (ReviewID, ProductID, CustomerID, Rating, Comment, CreatedAt, UpdatedAt)
VALUES
  (1, 29, 3, 5, 'Pieces fit with a satisfying click. Kept us busy for two rainy weekends.', '2025-10-06 10:02:37', '2025-10-06 10:02:37'),
  (2, 30, 3, 5, 'The children ask for it every evening.', '2025-10-12 10:27:28', '2025-10-12 10:27:28'),
  (3, 31, 11, 5, 'The best keyboard I have owned. Swapping the switches took ten minutes.', '2025-10-15 04:17:55', '2025-10-15 04:17:55'),
  (4, 35, 8, 3, 'The basil came up at once, the parsley never did.', '2025-10-16 14:01:14', '2025-10-16 14:01:14'),
  (5, 35, 8, 4, 'Good seeds, clear instructions.', '2025-10-18 11:17:45', '2025-10-18 11:17:45'),
  (6, 1, 8, 4, 'Very good skillet, though the box was dented.', '2025-10-19 08:40:03', '2025-10-19 08:40:03'),
  (7, 42, 8, 4, 'Absorbs quickly and does not smell of anything.', '2025-10-30 22:37:39', '2025-10-30 22:37:39'),
  (8, 30, 17, 4, 'Great for four players, a little slow with two.', '2025-11-08 15:55:56', '2025-11-08 15:55:56'),
  (9, 9, 3, 5, NULL, '2025-11-15 20:19:21', '2025-11-15 20:19:21'),
  (10, 19, 18, 5, 'Beautifully printed. Far too good to send away.', '2025-11-23 00:25:49', '2025-11-23 00:25:49'),
  (11, 1, 17, 5, 'Eggs slide right off after a month of use.', '2025-11-23 22:53:35', '2025-11-23 22:53:35'),
  (12, 17, 17, 5, 'Lies flat, and my fountain pen does not bleed through.', '2025-11-24 02:00:53', '2025-11-24 02:00:53'),
  (13, 38, 2, 5, 'Two hundred muddy kilometres and still like new.', '2025-12-06 16:13:46', '2025-12-06 16:13:46'),
  (14, 29, 1, 5, 'Lovely picture, no missing pieces.', '2025-12-07 08:19:25', '2025-12-07 08:19:25'),
  (15, 42, 10, 2, 'Turned brown after three weeks; the seller sent a new one.', '2025-12-13 01:32:50', '2025-12-13 01:32:50'),
  (16, 8, 23, 5, 'Tea was still hot after a whole day in the hills.', '2025-12-13 12:15:57', '2025-12-13 12:15:57'),
  (17, 22, 7, 4, 'Wonderful cup. A little smaller a bag than I expected.', '2025-12-19 15:56:25', '2025-12-19 15:56:25');

INSERT INTO Addresses
  (AddressID, CustomerID, AddressLine, City, State, ZipCode, Country, IsBillingAddress, IsShippingAddress, CreatedAt, UpdatedAt)
VALUES
  (1, 1, '14 Harbour Walk', 'Bristol', 'England', 'BS1 4ST', 'United Kingdom', b'1', b'1', '2025-09-05 04:11:58', '2025-09-05 04:11:58'),
  (2, 2, 'Mönckebergstraße 22', 'Hamburg', 'Hamburg', '20095', 'Germany', b'1', b'1', '2025-09-08 14:27:43', '2025-09-08 14:27:43'),
  (3, 3, 'Calle de Colón 31, 4º B', 'Valencia', 'Valencia', '46002', 'Spain', b'1', b'0', '2025-09-10 00:09:17', '2025-09-10 00:09:17'),
  (4, 3, 'c/o Reception, Mill House', 'Valencia', 'Valencia', '46002', 'Spain', b'0', b'1', '2025-09-10 00:09:17', '2025-09-10 00:09:17'),
  (5, 4, '7 Park Square East', 'Leeds', 'England', 'LS1 5QT', 'United Kingdom', b'1', b'1', '2025-09-15 23:53:22', '2025-09-15 23:53:22'),
  (6, 5, '18 rue Mercière', 'Lyon', 'Auvergne-Rhône-Alpes', '69002', 'France', b'1', b'1', '2025-09-16 09:56:06', '2025-09-16 09:56:06'),
  (7, 6, 'Rynek Główny 9/3', 'Kraków', 'Małopolskie', '31-042', 'Poland', b'1', b'0', '2025-09-17 22:51:41', '2025-09-17 22:51:41'),
  (8, 6, 'Warehouse Unit 6, Dock Road', 'Kraków', 'Małopolskie', '31-042', 'Poland', b'0', b'1', '2025-09-17 22:51:41', '2025-09-17 22:51:41'),
  (9, 7, '1520 Pike Place, Apt 6', 'Seattle', 'WA', '98101', 'United States', b'1', b'1', '2025-09-20 18:52:06', '2025-09-20 18:52:06'),
  (10, 8, '3 Grand Parade', 'Cork', 'Munster', 'T12 W5RT', 'Ireland', b'1', b'1', '2025-09-23 03:16:50', '2025-09-23 03:16:50'),
  (11, 9, 'Vasagatan 12', 'Göteborg', 'Västra Götaland', '411 05', 'Sweden', b'1', b'1', '2025-09-24 11:05:47', '2025-09-24 11:05:47'),
  (12, 10, 'Rua das Flores 145', 'Porto', 'Porto', '4050-253', 'Portugal', b'1', b'1', '2025-09-25 20:29:16', '2025-09-25 20:29:16'),
  (13, 11, '902 SW Yamhill Street', 'Portland', 'OR', '97205', 'United States', b'1', b'1', '2025-09-30 00:35:49', '2025-09-30 00:35:49'),
  (14, 12, '41 Deansgate', 'Manchester', 'England', 'M2 5DB', 'United Kingdom', b'1', b'1', '2025-10-01 02:33:51', '2025-10-01 02:33:51'),
  (15, 13, 'Národní 28', 'Praha', 'Praha', '110 00', 'Czechia', b'1', b'0', '2025-10-05 03:30:13', '2025-10-05 03:30:13'),
  (16, 13, 'Warehouse Unit 6, Dock Road', 'Praha', 'Praha', '110 00', 'Czechia', b'0', b'1', '2025-10-05 03:30:13', '2025-10-05 03:30:13'),
  (17, 14, 'Via Garibaldi 6', 'Torino', 'Piemonte', '10121', 'Italy', b'1', b'1', '2025-10-06 01:42:18', '2025-10-06 01:42:18'),
  (18, 15, '27 Beacon Street', 'Boston', 'MA', '02108', 'United States', b'1', b'0', '2025-10-07 19:59:51', '2025-10-07 19:59:51'),
  (19, 15, 'c/o Reception, Mill House', 'Boston', 'MA', '02108', 'United States', b'0', b'1', '2025-10-07 19:59:51', '2025-10-07 19:59:51'),
  (20, 16, '11 Shop Street', 'Galway', 'Connacht', 'H91 E2K3', 'Ireland', b'1', b'1', '2025-10-09 02:32:01', '2025-10-09 02:32:01'),
  (21, 17, 'Oudegracht 158', 'Utrecht', 'Utrecht', '3511 LX', 'Netherlands', b'1', b'0', '2025-10-10 18:31:59', '2025-10-10 18:31:59'),
  (22, 17, 'c/o Reception, Mill House', 'Utrecht', 'Utrecht', '3511 LX', 'Netherlands', b'0', b'1', '2025-10-10 18:31:59', '2025-10-10 18:31:59'),
  (23, 18, '60 Borough High Street', 'London', 'England', 'SE1 9PH', 'United Kingdom', b'1', b'1', '2025-10-14 17:36:24', '2025-10-14 17:36:24'),
  (24, 19, 'Freie Strasse 45', 'Basel', 'Basel-Stadt', '4051', 'Switzerland', b'1', b'0', '2025-10-17 10:45:24', '2025-10-17 10:45:24'),
  (25, 19, 'Warehouse Unit 6, Dock Road', 'Basel', 'Basel-Stadt', '4051', 'Switzerland', b'0', b'1', '2025-10-17 10:45:24', '2025-10-17 10:45:24'),
  (26, 20, 'Skolegade 19', 'Aarhus', 'Midtjylland', '8000', 'Denmark', b'1', b'1', '2025-10-19 05:23:56', '2025-10-19 05:23:56'),
  (27, 21, '3288 22nd Street', 'San Francisco', 'CA', '94110', 'United States', b'1', b'1', '2025-10-22 21:17:20', '2025-10-22 21:17:20'),
  (28, 22, 'Tsimiski 52', 'Thessaloniki', 'Central Macedonia', '546 24', 'Greece', b'1', b'0', '2025-10-23 02:48:05', '2025-10-23 02:48:05'),
  (29, 22, 'Warehouse Unit 6, Dock Road', 'Thessaloniki', 'Central Macedonia', '546 24', 'Greece', b'0', b'1', '2025-10-23 02:48:05', '2025-10-23 02:48:05'),
  (30, 23, '5 Castle Terrace', 'Edinburgh', 'Scotland', 'EH1 2EX', 'United Kingdom', b'1', b'1', '2025-10-24 16:27:57', '2025-10-24 16:27:57'),
  (31, 24, 'Marken 3', 'Bergen', 'Vestland', '5003', 'Norway', b'1', b'1', '2025-10-24 23:41:51', '2025-10-24 23:41:51');

INSERT INTO Inventory
  (InventoryID, InventoryName, ProductID, QuantityInStock, ReorderThreshold, CreatedAt, UpdatedAt)
VALUES
  (1, 'Rotterdam warehouse', 1, 120, 5, '2025-09-02 08:00:00', '2025-12-26 00:31:54'),
  (2, 'Leeds warehouse', 2, 3, 5, '2025-09-02 08:17:00', '2025-12-24 13:38:18'),
  (3, 'Rotterdam warehouse', 3, 25, 15, '2025-09-02 08:34:00', '2025-12-22 13:11:01'),
  (4, 'Leeds warehouse', 4, 8, 10, '2025-09-02 08:51:00', '2025-12-22 17:29:22'),
  (5, 'Leeds warehouse', 5, 120, 10, '2025-09-02 09:08:00', '2025-12-26 14:53:08'),
  (6, 'Leeds warehouse', 6, 66, 20, '2025-09-02 09:25:00', '2025-12-27 21:29:59'),
  (7, 'Portland warehouse', 7, 3, 10, '2025-09-02 09:42:00', '2025-12-27 19:16:29'),
  (8, 'Portland warehouse', 8, 25, 5, '2025-09-02 09:59:00', '2025-12-26 06:42:44'),
  (9, 'Leeds warehouse', 9, 3, 5, '2025-09-02 10:16:00', '2025-12-24 23:49:45'),
  (10, 'Leeds warehouse', 10, 40, 20, '2025-09-02 10:33:00', '2025-12-20 09:03:58'),
  (11, 'Rotterdam warehouse', 11, 180, 15, '2025-09-02 10:50:00', '2025-12-21 18:49:26'),
  (12, 'Leeds warehouse', 12, 3, 10, '2025-09-02 11:07:00', '2025-12-24 20:08:19'),
  (13, 'Portland warehouse', 13, 180, 10, '2025-09-02 11:24:00', '2025-12-28 02:19:29'),
  (14, 'Rotterdam warehouse', 14, 180, 15, '2025-09-02 11:41:00', '2025-12-24 05:20:02'),
  (15, 'Rotterdam warehouse', 15, 3, 15, '2025-09-02 11:58:00', '2025-12-23 18:47:52'),
  (16, 'Rotterdam warehouse', 16, 180, 15, '2025-09-02 12:15:00', '2025-12-25 18:37:24'),
  (17, 'Portland warehouse', 17, 8, 10, '2025-09-02 12:32:00', '2025-12-24 12:19:37'),
  (18, 'Leeds warehouse', 18, 40, 15, '2025-09-02 12:49:00', '2025-12-21 10:48:47'),
  (19, 'Rotterdam warehouse', 19, 120, 10, '2025-09-02 13:06:00', '2025-12-20 12:24:11'),
  (20, 'Leeds warehouse', 20, 8, 15, '2025-09-02 13:23:00', '2025-12-23 20:10:27'),
  (21, 'Leeds warehouse', 21, 40, 15, '2025-09-02 13:40:00', '2025-12-23 20:07:48'),
  (22, 'Rotterdam warehouse', 22, 180, 5, '2025-09-02 13:57:00', '2025-12-22 11:30:15'),
  (23, 'Leeds warehouse', 23, 180, 20, '2025-09-02 14:14:00', '2025-12-26 19:55:57'),
  (24, 'Portland warehouse', 24, 120, 20, '2025-09-02 14:31:00', '2025-12-22 14:43:51'),
  (25, 'Leeds warehouse', 25, 0, 10, '2025-09-02 14:48:00', '2025-12-23 03:24:33'),
  (26, 'Rotterdam warehouse', 26, 25, 15, '2025-09-02 15:05:00', '2025-12-23 07:15:57'),
  (27, 'Leeds warehouse', 27, 40, 5, '2025-09-02 15:22:00', '2025-12-24 06:00:38'),
  (28, 'Leeds warehouse', 28, 66, 15, '2025-09-02 15:39:00', '2025-12-22 09:56:44'),
  (29, 'Leeds warehouse', 29, 66, 20, '2025-09-02 15:56:00', '2025-12-28 07:12:48'),
  (30, 'Rotterdam warehouse', 30, 66, 10, '2025-09-02 16:13:00', '2025-12-25 15:43:35'),
  (31, 'Leeds warehouse', 31, 120, 15, '2025-09-02 16:30:00', '2025-12-25 07:07:01'),
  (32, 'Rotterdam warehouse', 32, 66, 20, '2025-09-02 16:47:00', '2025-12-24 11:22:39'),
  (33, 'Leeds warehouse', 33, 12, 5, '2025-09-02 17:04:00', '2025-12-24 12:54:04'),
  (34, 'Rotterdam warehouse', 34, 8, 10, '2025-09-02 17:21:00', '2025-12-25 07:39:24'),
  (35, 'Rotterdam warehouse', 35, 8, 5, '2025-09-02 17:38:00', '2025-12-26 15:09:00'),
  (36, 'Portland warehouse', 36, 12, 20, '2025-09-02 17:55:00', '2025-12-24 07:29:17'),
  (37, 'Portland warehouse', 37, 25, 10, '2025-09-02 18:12:00', '2025-12-26 02:59:19'),
  (38, 'Leeds warehouse', 38, 12, 10, '2025-09-02 18:29:00', '2025-12-27 07:38:22'),
  (39, 'Rotterdam warehouse', 39, 120, 10, '2025-09-02 18:46:00', '2025-12-22 21:30:18'),
  (40, 'Rotterdam warehouse', 40, 25, 10, '2025-09-02 19:03:00', '2025-12-26 22:36:15'),
  (41, 'Leeds warehouse', 41, 25, 20, '2025-09-02 19:20:00', '2025-12-20 16:07:57'),
  (42, 'Leeds warehouse', 42, 25, 5, '2025-09-02 19:37:00', '2025-12-25 00:20:31');

COMMIT;

-- SPDX-License-Identifier: MIT
-- The warehouse of the online store: a star schema for `foreset warehouse load --to mysql://…/store_dw`, on MySQL 8 and
-- later and on MariaDB. The models in warehouse/ fill the same tables in the lake. Loading this file keeps what is there:
--   mysql < warehouse.sql
-- FactSales has a product's cost, category and seller as they were when the order came, DimProduct as they are now.
-- Key -1 is the unknown member of each dimension. Dimensions keep members that the shop has deleted.

CREATE DATABASE IF NOT EXISTS store_dw CHARACTER SET utf8mb4;
USE store_dw;

CREATE TABLE IF NOT EXISTS DimDate (
  DateKey INT NOT NULL PRIMARY KEY,                -- YYYYMMDD
  `Date` DATE,
  `Day` INT,
  `Month` INT,
  `Quarter` INT,
  `Year` INT,
  DayOfWeek INT                                    -- 1 Monday … 7 Sunday
);

CREATE TABLE IF NOT EXISTS DimCategory (
  CategoryID INT NOT NULL PRIMARY KEY,
  CategoryName VARCHAR(255) NOT NULL,
  Deleted BOOLEAN NOT NULL
);

CREATE TABLE IF NOT EXISTS DimSeller (
  SellerID INT NOT NULL PRIMARY KEY,
  SellerName VARCHAR(255) NOT NULL,
  Email VARCHAR(255),
  Deleted BOOLEAN NOT NULL
);

CREATE TABLE IF NOT EXISTS DimCustomer (
  CustomerID INT NOT NULL PRIMARY KEY,
  CustomerName VARCHAR(255) NOT NULL,
  Email VARCHAR(255),
  Deleted BOOLEAN NOT NULL
);

CREATE TABLE IF NOT EXISTS DimProduct (
  ProductID INT NOT NULL PRIMARY KEY,
  ProductName VARCHAR(255) NOT NULL,
  CategoryID INT NOT NULL,
  SellerID INT NOT NULL,
  Price DECIMAL(18,2),                             -- now; a sale has the price and cost of its day
  Cost DECIMAL(18,2),
  Deleted BOOLEAN NOT NULL,
  FOREIGN KEY (CategoryID) REFERENCES DimCategory (CategoryID),
  FOREIGN KEY (SellerID) REFERENCES DimSeller (SellerID)
);

CREATE TABLE IF NOT EXISTS DimOrderStatus (
  StatusID INT NOT NULL PRIMARY KEY,
  StatusName VARCHAR(50) NOT NULL,
  Deleted BOOLEAN NOT NULL
);

CREATE TABLE IF NOT EXISTS DimReason (
  ReasonID INT NOT NULL PRIMARY KEY,
  ReasonType VARCHAR(20) NOT NULL,
  ReasonDescription TEXT,
  Deleted BOOLEAN NOT NULL
);

-- A row for each item of an order that has a payment, however many payments it has.
CREATE TABLE IF NOT EXISTS FactSales (
  OrderItemID INT NOT NULL PRIMARY KEY,
  OrderID INT NOT NULL,
  ProductID INT NOT NULL,
  SellerID INT NOT NULL,                           -- of the product when the order was placed
  CustomerID INT NOT NULL,
  CategoryID INT NOT NULL,                         -- of the product when the order was placed
  OrderDateKey INT NOT NULL,
  StatusID INT NOT NULL,
  Quantity INT NOT NULL,
  CurrentPrice DECIMAL(18,2) NOT NULL,             -- as sold
  UnitCost DECIMAL(18,2),                          -- of the product when the order was placed; NULL: not known
  Profit DECIMAL(18,2),
  Revenue DECIMAL(18,2) NOT NULL,
  KEY (OrderID),
  FOREIGN KEY (ProductID) REFERENCES DimProduct (ProductID),
  FOREIGN KEY (SellerID) REFERENCES DimSeller (SellerID),
  FOREIGN KEY (CustomerID) REFERENCES DimCustomer (CustomerID),
  FOREIGN KEY (CategoryID) REFERENCES DimCategory (CategoryID),
  FOREIGN KEY (OrderDateKey) REFERENCES DimDate (DateKey),
  FOREIGN KEY (StatusID) REFERENCES DimOrderStatus (StatusID)
);

-- A row for each item of a cancelled or returned order and each reason given for it; reason -1 where none was given.
CREATE TABLE IF NOT EXISTS FactOrderReason (
  OrderItemID INT NOT NULL,
  ReasonID INT NOT NULL,
  OrderID INT NOT NULL,
  SellerID INT NOT NULL,
  OrderDateKey INT NOT NULL,
  StatusID INT NOT NULL,
  PRIMARY KEY (OrderItemID, ReasonID),
  KEY (OrderID),
  FOREIGN KEY (ReasonID) REFERENCES DimReason (ReasonID),
  FOREIGN KEY (SellerID) REFERENCES DimSeller (SellerID),
  FOREIGN KEY (OrderDateKey) REFERENCES DimDate (DateKey),
  FOREIGN KEY (StatusID) REFERENCES DimOrderStatus (StatusID)
);

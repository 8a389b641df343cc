-- SPDX-License-Identifier: MIT
-- What the shop's own server remembers for the test, in a database that is not captured: the versions that products had, the
-- version that stood when an order came, and the last values of what may be deleted.
DROP DATABASE IF EXISTS bookkeeping;
CREATE DATABASE bookkeeping;
USE bookkeeping;

CREATE TABLE versions (
  id INT AUTO_INCREMENT PRIMARY KEY, ProductID INT, Cost DECIMAL(18,2), CategoryID INT, SellerID INT,
  at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), KEY (ProductID)
);
INSERT INTO versions (ProductID, Cost, CategoryID, SellerID)
  SELECT ProductID, Cost, CategoryID, SellerID FROM online_store.Products;
CREATE TABLE born (OrderID INT PRIMARY KEY, version INT NOT NULL);
INSERT INTO born SELECT OrderID, 0 FROM online_store.Orders;

CREATE TABLE Customers AS SELECT CustomerID, Name, Email FROM online_store.Customers;
CREATE TABLE Sellers AS SELECT SellerID, Name, Email FROM online_store.Sellers;
CREATE TABLE ProductCategories AS SELECT CategoryID, CategoryName FROM online_store.ProductCategories;
CREATE TABLE Products AS SELECT ProductID, Name, CategoryID, SellerID, Price, Cost FROM online_store.Products;
CREATE TABLE OrderStatus AS SELECT StatusID, StatusName FROM online_store.OrderStatus;
CREATE TABLE Reasons AS SELECT ReasonID, ReasonType, ReasonDescription FROM online_store.Reasons;
ALTER TABLE Customers ADD PRIMARY KEY (CustomerID);
ALTER TABLE Sellers ADD PRIMARY KEY (SellerID);
ALTER TABLE ProductCategories ADD PRIMARY KEY (CategoryID);
ALTER TABLE Products ADD PRIMARY KEY (ProductID);
ALTER TABLE OrderStatus ADD PRIMARY KEY (StatusID);
ALTER TABLE Reasons ADD PRIMARY KEY (ReasonID);

USE online_store;
CREATE TRIGGER customer_came AFTER INSERT ON Customers FOR EACH ROW
  REPLACE INTO bookkeeping.Customers VALUES (NEW.CustomerID, NEW.Name, NEW.Email);
CREATE TRIGGER customer_changed AFTER UPDATE ON Customers FOR EACH ROW
  REPLACE INTO bookkeeping.Customers VALUES (NEW.CustomerID, NEW.Name, NEW.Email);
CREATE TRIGGER seller_came AFTER INSERT ON Sellers FOR EACH ROW
  REPLACE INTO bookkeeping.Sellers VALUES (NEW.SellerID, NEW.Name, NEW.Email);
CREATE TRIGGER seller_changed AFTER UPDATE ON Sellers FOR EACH ROW
  REPLACE INTO bookkeeping.Sellers VALUES (NEW.SellerID, NEW.Name, NEW.Email);
CREATE TRIGGER category_came AFTER INSERT ON ProductCategories FOR EACH ROW
  REPLACE INTO bookkeeping.ProductCategories VALUES (NEW.CategoryID, NEW.CategoryName);
CREATE TRIGGER category_changed AFTER UPDATE ON ProductCategories FOR EACH ROW
  REPLACE INTO bookkeeping.ProductCategories VALUES (NEW.CategoryID, NEW.CategoryName);
CREATE TRIGGER status_changed AFTER UPDATE ON OrderStatus FOR EACH ROW
  REPLACE INTO bookkeeping.OrderStatus VALUES (NEW.StatusID, NEW.StatusName);
CREATE TRIGGER reason_came AFTER INSERT ON Reasons FOR EACH ROW
  REPLACE INTO bookkeeping.Reasons VALUES (NEW.ReasonID, NEW.ReasonType, NEW.ReasonDescription);
CREATE TRIGGER reason_changed AFTER UPDATE ON Reasons FOR EACH ROW
  REPLACE INTO bookkeeping.Reasons VALUES (NEW.ReasonID, NEW.ReasonType, NEW.ReasonDescription);
CREATE TRIGGER order_came AFTER INSERT ON Orders FOR EACH ROW
  REPLACE INTO bookkeeping.born VALUES (NEW.OrderID, (
    SELECT COALESCE(MAX(id), 0) FROM bookkeeping.versions
    WHERE NEW.CreatedAt >= NOW() - INTERVAL 1 MINUTE OR at <= NEW.CreatedAt));
DELIMITER //
CREATE TRIGGER product_came AFTER INSERT ON Products FOR EACH ROW
BEGIN
  REPLACE INTO bookkeeping.Products VALUES (NEW.ProductID, NEW.Name, NEW.CategoryID, NEW.SellerID, NEW.Price, NEW.Cost);
  INSERT INTO bookkeeping.versions (ProductID, Cost, CategoryID, SellerID)
    VALUES (NEW.ProductID, NEW.Cost, NEW.CategoryID, NEW.SellerID);
END//
CREATE TRIGGER product_changed AFTER UPDATE ON Products FOR EACH ROW
BEGIN
  REPLACE INTO bookkeeping.Products VALUES (NEW.ProductID, NEW.Name, NEW.CategoryID, NEW.SellerID, NEW.Price, NEW.Cost);
  INSERT INTO bookkeeping.versions (ProductID, Cost, CategoryID, SellerID)
    VALUES (NEW.ProductID, NEW.Cost, NEW.CategoryID, NEW.SellerID);
END//
DELIMITER ;

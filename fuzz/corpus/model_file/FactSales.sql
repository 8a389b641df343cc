-- SPDX-License-Identifier: MIT
-- One row an item of an order that has a payment, however often it was paid: at the price that it was sold for, with the
-- cost, category and seller that its product had when the order was placed.
--
-- Which version of the product that is, the source's order says: the last one before the order's row came. An order that
-- came with a date in the past (more than a minute before its row) has the version of its date instead; one from before
-- the first known version has that one. A product, customer, category, seller or status that is not known is -1; its cost is NULL.
--
-- @key OrderItemID
-- @not_null OrderID, Quantity, CurrentPrice, Revenue
-- @references ProductID -> DimProduct.ProductID
-- @references SellerID -> DimSeller.SellerID
-- @references CustomerID -> DimCustomer.CustomerID
-- @references CategoryID -> DimCategory.CategoryID
-- @references OrderDateKey -> DimDate.DateKey
-- @references StatusID -> DimOrderStatus.StatusID
-- @equal revenue of paid orders: SELECT sum(Revenue) FROM FactSales
--   == SELECT sum(Quantity * CurrentPrice) FROM silver.OrderItems WHERE OrderID IN (SELECT OrderID FROM silver.Payments)
--        AND OrderID IN (SELECT OrderID FROM silver.Orders)
-- @equal items of paid orders: SELECT count(*) FROM FactSales
--   == SELECT count(*) FROM silver.OrderItems WHERE OrderID IN (SELECT OrderID FROM silver.Payments)
--        AND OrderID IN (SELECT OrderID FROM silver.Orders)
-- @by OrderID: silver.OrderItems, silver.Orders, silver.Payments, gold.Orders_history
-- @affects gold.Products_history: SELECT o.OrderID FROM changed JOIN silver.OrderItems AS i USING (ProductID)
--   JOIN silver.Orders AS o USING (OrderID) WHERE o._seq > changed._seq OR o.CreatedAt >= changed._valid_from
-- @affects DimProduct: SELECT OrderID FROM silver.OrderItems
--   WHERE ProductID IN (SELECT ProductID FROM changed GROUP BY ALL HAVING count(*) = 1)
-- @affects DimCustomer: SELECT OrderID FROM silver.Orders
--   WHERE CustomerID IN (SELECT CustomerID FROM changed GROUP BY ALL HAVING count(*) = 1)
-- @affects DimSeller: SELECT OrderID FROM silver.OrderItems JOIN gold.Products_history USING (ProductID)
--   WHERE SellerID IN (SELECT SellerID FROM changed GROUP BY ALL HAVING count(*) = 1)
-- @affects DimCategory: SELECT OrderID FROM silver.OrderItems JOIN gold.Products_history USING (ProductID)
--   WHERE CategoryID IN (SELECT CategoryID FROM changed GROUP BY ALL HAVING count(*) = 1)
-- @affects DimOrderStatus: SELECT OrderID FROM silver.Orders
--   WHERE StatusID IN (SELECT StatusID FROM changed GROUP BY ALL HAVING count(*) = 1)
WITH born AS (
  -- The row by which the order came: the last one, should its key have been used before.
  SELECT OrderID, max(_seq) AS _seq, max_by(_valid_from, _seq) AS came
  FROM gold.Orders_history
  WHERE _op IN ('INSERT', 'SNAPSHOT')
  GROUP BY OrderID
), sold AS (
  SELECT i.OrderItemID, i.OrderID, i.ProductID, i.Quantity, i.CurrentPrice, o.CustomerID, o.StatusID, o.CreatedAt,
         CASE WHEN o.CreatedAt < b.came - INTERVAL 1 MINUTE THEN o.CreatedAt END AS dated,
         CASE WHEN o.CreatedAt < b.came - INTERVAL 1 MINUTE THEN NULL ELSE b._seq END AS ordered
  FROM silver.OrderItems AS i
  JOIN silver.Orders AS o ON o.OrderID = i.OrderID
  LEFT JOIN born AS b ON b.OrderID = o.OrderID
  WHERE EXISTS (SELECT 1 FROM silver.Payments AS p WHERE p.OrderID = i.OrderID)
), versions AS (
  SELECT ProductID, _seq, _valid_from, Cost, CategoryID, SellerID
  FROM gold.Products_history
  WHERE _op IN ('INSERT', 'UPDATE', 'SNAPSHOT')
), first_version AS (
  SELECT * FROM versions QUALIFY row_number() OVER (PARTITION BY ProductID ORDER BY _seq) = 1
), version_of AS (
  SELECT s.*, coalesce(by_order._seq, by_date._seq, f._seq) AS version
  FROM sold AS s
  ASOF LEFT JOIN versions AS by_order ON by_order.ProductID = s.ProductID AND s.ordered > by_order._seq
  ASOF LEFT JOIN versions AS by_date ON by_date.ProductID = s.ProductID AND s.dated >= by_date._valid_from
  LEFT JOIN first_version AS f ON f.ProductID = s.ProductID
)
SELECT s.OrderItemID, s.OrderID,
       coalesce(product.ProductID, -1) AS ProductID,
       coalesce(seller.SellerID, -1) AS SellerID,
       coalesce(customer.CustomerID, -1) AS CustomerID,
       coalesce(category.CategoryID, -1) AS CategoryID,
       coalesce(CAST(strftime(s.CreatedAt AT TIME ZONE 'UTC', '%Y%m%d') AS INTEGER), -1) AS OrderDateKey,
       coalesce(status.StatusID, -1) AS StatusID,
       s.Quantity, s.CurrentPrice,
       v.Cost AS UnitCost,
       CAST(s.Quantity * (s.CurrentPrice - v.Cost) AS DECIMAL(18, 2)) AS Profit,
       CAST(s.Quantity * s.CurrentPrice AS DECIMAL(18, 2)) AS Revenue
FROM version_of AS s
LEFT JOIN versions AS v ON v.ProductID = s.ProductID AND v._seq = s.version
LEFT JOIN DimProduct AS product ON product.ProductID = s.ProductID
LEFT JOIN DimSeller AS seller ON seller.SellerID = v.SellerID
LEFT JOIN DimCustomer AS customer ON customer.CustomerID = s.CustomerID
LEFT JOIN DimCategory AS category ON category.CategoryID = v.CategoryID
LEFT JOIN DimOrderStatus AS status ON status.StatusID = s.StatusID

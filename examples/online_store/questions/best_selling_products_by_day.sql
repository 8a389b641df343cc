-- SPDX-License-Identifier: MIT
-- The three products of each day that most pieces were sold of.
SELECT Date, rank, ProductID, ProductName, quantity, revenue
FROM (
  SELECT Date, ProductID, quantity, revenue,
         row_number() OVER (PARTITION BY Date ORDER BY quantity DESC, revenue DESC, ProductID) AS rank
  FROM (
    SELECT d.Date, f.ProductID, sum(f.Quantity) AS quantity, sum(f.Revenue) AS revenue
    FROM store_dw.FactSales AS f
    JOIN store_dw.DimDate AS d ON d.DateKey = f.OrderDateKey
    GROUP BY d.Date, f.ProductID
  ) AS sums
) AS ranked
JOIN store_dw.DimProduct USING (ProductID)
WHERE rank <= 3
ORDER BY Date, rank

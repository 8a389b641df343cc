-- SPDX-License-Identifier: MIT
-- The three products of each quarter that most pieces were sold of.
SELECT Year, Quarter, rank, ProductID, ProductName, quantity, revenue
FROM (
  SELECT Year, Quarter, ProductID, quantity, revenue,
         row_number() OVER (PARTITION BY Year, Quarter ORDER BY quantity DESC, revenue DESC, ProductID) AS rank
  FROM (
    SELECT d.Year, d.Quarter, f.ProductID, sum(f.Quantity) AS quantity, sum(f.Revenue) AS revenue
    FROM store_dw.FactSales AS f
    JOIN store_dw.DimDate AS d ON d.DateKey = f.OrderDateKey
    GROUP BY d.Year, d.Quarter, f.ProductID
  ) AS sums
) AS ranked
JOIN store_dw.DimProduct USING (ProductID)
WHERE rank <= 3
ORDER BY Year, Quarter, rank

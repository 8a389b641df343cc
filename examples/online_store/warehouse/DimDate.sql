-- SPDX-License-Identifier: MIT
-- The days from the first year that has an order to the last, whole years; -1 is no day.
-- @key DateKey
-- @unique Date
SELECT CAST(strftime(this_day, '%Y%m%d') AS INTEGER) AS DateKey,
       CAST(this_day AS DATE) AS Date,
       CAST(day(this_day) AS INTEGER) AS Day,
       CAST(month(this_day) AS INTEGER) AS Month,
       CAST(quarter(this_day) AS INTEGER) AS Quarter,
       CAST(year(this_day) AS INTEGER) AS Year,
       CAST(isodow(this_day) AS INTEGER) AS DayOfWeek
FROM (
  SELECT unnest(generate_series(first_year, last_year + INTERVAL 1 YEAR - INTERVAL 1 DAY, INTERVAL 1 DAY)) AS this_day
  FROM (
    SELECT date_trunc('year', min(CreatedAt AT TIME ZONE 'UTC')) AS first_year,
           date_trunc('year', max(CreatedAt AT TIME ZONE 'UTC')) AS last_year
    FROM silver.Orders
  ) AS years
) AS days
UNION ALL
SELECT -1, NULL, NULL, NULL, NULL, NULL, NULL

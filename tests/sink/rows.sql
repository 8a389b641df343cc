-- SPDX-License-Identifier: MIT

INSERT INTO AllTypes (id,t1,t_tiny,t_utiny,t_small,t_usmall,t_med,t_umed,t_int,t_uint,t_big,t_ubig,t_float,t_double,t_real,t_dec,t_dec38,t_dec65,t_dec0,t_udec,t_bit1,t_bit8,t_bit64,t_char,t_varchar,t_vlatin,t_tinytext,t_text,t_medtext,t_longtext,t_bin,t_varbin,t_tinyblob,t_blob,t_medblob,t_longblob,t_date,t_time,t_time3,t_time6,t_dt,t_dt3,t_dt6,t_ts,t_ts3,t_ts6,t_year,t_enum,t_set,t_json,t_geom,t_point,t_vec,t_bool) VALUES
(1,1,-128,255,-32768,65535,-8388608,16777215,-2147483648,4294967295,-9223372036854775808,18446744073709551615,1.5,-2.25e100,3.14159,-12345678.90,1234567890123456789012345678.0123456789,99999999999999999999999999999999999.999999999999999999999999999999,-12345678901234567890,99999999.99,b'1',b'10101010',0xFFEEDDCCBBAA9988,'abc','naïve ☃ 😀 "q" \\ \n\t','café','tt','text','mt','lt',X'0102030405060708',X'DEADBEEF',X'00',X'00FF10',X'CAFE',X'BABE','2024-02-29','-838:59:59','12:34:56.789','838:59:58.999999','2024-02-29 23:59:59','2024-02-29 23:59:59.123','2024-02-29 23:59:59.123456','2024-02-29 23:59:59','2024-02-29 23:59:59.123','2024-02-29 23:59:59.123456',2024,'c,d','x,z','{"a": 1, "b": [1.5, null, true, "s"], "c": {"d": "é"}, "big": 18446744073709551615, "dec": 1.10}',ST_GeomFromText('LINESTRING(0 0,1 1)'),ST_GeomFromText('POINT(1.5 -2.5)'),STRING_TO_VECTOR('[1,2.5,-3]'),TRUE),
(18446744073709551615,0,127,0,32767,0,8388607,0,2147483647,0,9223372036854775807,0,-0.0,0.1,0,0.01,-0.0000000001,0.000000000000000000000000000001,0,0,b'0',b'0',b'1','','','','','','','',X'00',X'','','','','','1000-01-01','00:00:00','00:00:00','00:00:00.000001','1000-01-01 00:00:00','9999-12-31 23:59:59.999','1970-01-01 00:00:00.000001','1970-01-01 00:00:01','2038-01-19 03:14:07.000','2000-01-01 00:00:00.000001',1901,'é','','[]',NULL,NULL,NULL,FALSE);
SET SESSION sql_mode='';
INSERT INTO AllTypes (id,t_date,t_dt,t_ts,t_year,t_enum) VALUES (3,'0000-00-00','0000-00-00 00:00:00','0000-00-00 00:00:00',0,'');
SET SESSION sql_mode=DEFAULT;
INSERT INTO AllTypes (id,t_gen) VALUES (4,DEFAULT);
UPDATE AllTypes SET t_def=NULL WHERE id=4;
INSERT INTO AllTypes (id,t_ts,t_ts3,t_ts6) VALUES (5,'2024-01-01 00:00:00','2024-01-01 00:00:00.120','2024-01-01 00:00:00.120000');
INSERT INTO Customers (Name,Email,PhoneNumber,Address,City) VALUES ('Ann','ann@example.com','555-0001','1 A St','Berlin'),('Bob','bob@example.com',NULL,NULL,NULL);
INSERT INTO Sellers (Name,Email,Rating) VALUES ('S1','s1@x.com',4.75);
INSERT INTO Products (SellerID,Name,Description,Category,Price,Stock,Attributes) VALUES (1,'P1','d','c',19.99,5,'{"k": [1, "two, three"], "n": null}');
INSERT INTO Reasons (ReasonType,Description) VALUES ('RETURN','broken');
INSERT INTO Orders (CustomerID,Status,TotalAmount) VALUES (1,'PENDING',19.99);
INSERT INTO OrderItems (OrderID,ProductID,Quantity,UnitPrice,Discount) VALUES (1,1,1,19.99,0.5);
INSERT INTO Payments (OrderID,Method,Amount,Status) VALUES (1,'CARD',19.99,'OK');
INSERT INTO CompositeKey VALUES (1,'k1','2024-01-01','v1');
INSERT INTO NoKey VALUES (1,'n');
INSERT INTO UniqueOnly VALUES ('u1',1);
INSERT INTO Defaults (id) VALUES (3);

Script started on 2026-05-08 13:09:44+00:00 [TERM="xterm-256color" TTY="/dev/pts/0" COLUMNS="80" LINES="24"]
Linux web01 6.1.0 #1 SMP x86_64

Last login: Thu May  7 17:02:11 2026 from 203.0.113.9
root@web01:~# ww
 09:14:02 up 41 days,  1 user
USER     TTY      LOGIN@   IDLE WHAT
root     pts/0    09:12    0.00s w
root@web01:~# curl -s http://198.51.100.7/inventory.sh -o /tmp/inventory.shcurl -s http://198.51.100.7/inventory.sh -o /tmp/inventory.sh
access_upload = 2265
data_fonts = 486
mail_queue = 8520
queue_orders = 794
root@web01:~# chmod 700 /tmp/inventory.shchmod 700 /tmp/inventory.sh
root@web01:~# llss  //ttmmpp
-rw-r--r-- 1 root root  215958 May  3 15:48 data.conf
-rw-r--r-- 1 root root  263583 May  8 13:44 orders
-rw-r--r-- 1 root root   55099 May  8 22:59 mail.js
-rw-r--r-- 1 root root  448311 May  5 02:19 orders.css
-rw-r--r-- 1 root root  619364 May  3 00:38 export.log
-rw-r--r-- 1 root root  631281 May  5 04:10 orders.txt
-rw-r--r-- 1 root root  695332 May  7 16:58 upload.conf
-rw-r--r-- 1 root root   46025 May  1 23:40 fonts.php
-rw-r--r-- 1 root root  898984 May  3 05:18 access.html
-rw-r--r-- 1 root root   92737 May  5 07:29 pages.conf
-rw-r--r-- 1 root root  644486 May  7 12:21 mail.log
-rw-r--r-- 1 root root  810819 May  1 07:38 static.txt
root@web01:~# find /srv/www -name '*.php' -newer /etc/web/access.conffind /srv/www -name '*.php' -newer /etc/web/access.conf
/var/lib/shop/cache.sh
/opt/shop/export.php
/opt/shop/upload.php
/var/lib/shop/data.conf
/srv/www/static
root@web01:~# ddff  --hh
Filesystem     1K-blocks    Used Available Use% Mounted on
/dev/vda1       20509264 6120748  13321416  32% /
root@web01:~# grep -rn upload_limit /etc/web /opt/shop --include=*.confgrep -rn upload_limit /etc/web /opt/shop --include=*.conf
pages_export = 6266
root@web01:~# ppss  aauuxx
www-data  15003  0.2  0.2  31093  4263 ?  S  May06  0:41 /usr/sbin/web-cache
www-data  11684  0.3  0.1  69081  6375 ?  S  May06  0:40 /usr/sbin/web-mail
www-data  28473  0.8  0.7   4385  2323 ?  S  May05  0:47 /usr/sbin/web-report
www-data   7764  0.0  0.1  40897  6301 ?  S  May04  0:54 /usr/sbin/web-pages
www-data    924  0.1  0.1  84969  4852 ?  S  May06  0:49 /usr/sbin/web-queue
www-data  16278  0.1  0.4  17589   916 ?  S  May05  0:03 /usr/sbin/web-mail
www-data   9710  0.5  0.6  83843  3109 ?  S  May07  0:26 /usr/sbin/web-index
www-data   5467  0.6  0.2   7306  1060 ?  S  May08  0:45 /usr/sbin/web-cache
www-data   7762  0.1  0.6  72382  8173 ?  S  May08  0:27 /usr/sbin/web-mail
www-data    508  0.7  0.3  12944  5396 ?  S  May02  0:15 /usr/sbin/web-fonts
www-data   9821  0.0  0.2  88789  3448 ?  S  May03  0:30 /usr/sbin/web-index
www-data  25398  0.5  0.7  54115  2993 ?  S  May08  0:11 /usr/sbin/web-backup
www-data  23439  0.1  0.0  37070  5635 ?  S  May06  0:09 /usr/sbin/web-backup
www-data  25436  0.7  0.8   6822  2426 ?  S  May01  0:52 /usr/sbin/web-pages
www-data  27039  0.1  0.2  12976  8400 ?  S  May03  0:18 /usr/sbin/web-theme
www-data  10483  0.3  0.3  28684   628 ?  S  May03  0:20 /usr/sbin/web-index
www-data  26982  0.0  0.8  51932   926 ?  S  May06  0:17 /usr/sbin/web-index
www-data  15388  0.4  0.0  29565  4223 ?  S  May07  0:17 /usr/sbin/web-cache
www-data  13762  0.7  0.0  79074  7890 ?  S  May02  0:01 /usr/sbin/web-layout
www-data  11873  0.5  0.2  53503  7472 ?  S  May07  0:27 /usr/sbin/web-report
www-data  18524  0.3  0.5  30481  5432 ?  S  May05  0:00 /usr/sbin/web-theme
www-data  24268  0.6  0.6  16924  5523 ?  S  May05  0:46 /usr/sbin/web-orders
www-data    361  0.5  0.1  29007  2252 ?  S  May07  0:59 /usr/sbin/web-layout
www-data  23582  0.2  0.2  73697  5924 ?  S  May05  0:44 /usr/sbin/web-mail
www-data  16396  0.0  0.4  22112  1385 ?  S  May02  0:35 /usr/sbin/web-queue
www-data   5126  0.7  0.8  72200  5476 ?  S  May01  0:59 /usr/sbin/web-report
www-data    647  0.8  0.4  53253  7112 ?  S  May04  0:32 /usr/sbin/web-data
www-data  15610  0.6  0.3  33944  2624 ?  S  May04  0:03 /usr/sbin/web-queue
root@web01:~# systemctl list-units --type=service --state=runningsystemctl list-units --type=service --state=running
  shop-access.service  loaded active running  The access of the shop
  shop-index.service  loaded active running  The index of the shop
  shop-index.service  loaded active running  The index of the shop
  shop-index.service  loaded active running  The index of the shop
  shop-pages.service  loaded active running  The pages of the shop
  shop-backup.service  loaded active running  The backup of the shop
  shop-static.service  loaded active running  The static of the shop
  shop-data.service  loaded active running  The data of the shop
  shop-report.service  loaded active running  The report of the shop
  shop-layout.service  loaded active running  The layout of the shop
  shop-pages.service  loaded active running  The pages of the shop
root@web01:~# tar czf /tmp/report.tgz /opt/shop/report /var/log/webtar czf /tmp/report.tgz /opt/shop/report /var/log/web
/var/lib/shop/cache.txt
/opt/shop/access.sql
root@web01:~# iiss dd
uid=0(root) gid=0(root) groups=0(root)
root@web01:~# python3 -c 'print(sum(range(10)))'python3 -c 'print(sum(range(10)))'
queue_queue = 5573
root@web01:~# eexxiitt
logout

Script done on 2026-05-08 13:10:59+00:00 [COMMAND_EXIT_CODE="0"]

"""Archives that other programs locked: Info-ZIP 3.0 (ZipCrypto) and pyzipper 0.4.0 (WinZip's AES)."""

from base64 import b85decode

PASSWORD, OWN_PASSWORD, LETTERS = "quince-and-plum-41", "pear-9", "Größe 7"
APPLES = b"Apples are kept in the cellar."
"""What a.txt says wherever there is one, nine times in a row in `AES_192_DEFLATED`."""

AES_128_STORED = b85decode(
    "P)h>@6aWDLV*mgEVO;<K001%o0015U000F53jkp*ba-?DnFjy@06|3o000qtNkJ@=ojuyHCrN^pm9M!H(hKNpgV*V)GqJJ#gyTr{77;}-"
    "AQ;yTN{lQi89I?4P)h*<6ay3h0RUqF003cK00000G5`Po9smFU1po^G0000000000fB^si003bwba-?DnFjy@06|3o002-"
    "+1qJ{B000310RTP#003YB00000"
)
AES_192_DEFLATED = b85decode(
    "P)h>@6aWDLV*mgEVO;<K0027x000gF000F53jkp*ba-?DnFjy@06|3p2mqGuvn@w7zW3pmmo}l4k_2@Pl}km5%BP<bwu-tXUVzmyx7lo~MxA$edM"
    "Xg*?1QBEz}ssLIInO`2T)4^0u%!j0097F0001CT>t<806PEx01g2F00jUG00000000000Du7i0001CE_8Tw0htE?0suip0tf(5O9ci1000010096"
    "#0001K0000000"
)
AES_256_BZIP2 = b85decode(
    "P)h>@E&u@lV*mgEVO;<K003J60015U000F53jkp*ba-"
    "?DnFjy@06|3q3;@6sgF)4rO$**;E;Qg(atz~Zp}0jS`hW&qs~wJEqGkiu63R)noRL|8sh+7g48HII&>z__x&FLH`qn`<z)gC0Jg$XLZnNu7w@_A!"
    "RU^Vbl|V>A{;|}s?NCbr0xknC0097F0001CT>t<809yb603HAU00jUG00000000000Du7i0001CE_8Tw0htE?0suip0}KFAO9ci1000010096#00"
    "01q0000000"
)
AES_256_LZMA = b85decode(
    "P)h>@KL7&&V*mgEVO;<K002z@0015U000F53jkp*ba-?DnFjy@06|3q4glkb<(q<zD*z9BA98<B!=T)V>ZMP~P7}a;T9DU-_G!RK47A+K4l3HS6$"
    "1XQcv>POa@$P$pz>nmN9lg;6#<pzI`kU30;UqI2vhY?O928u13v%*0Am0E0AXDK0000@0000U0000501E&B000000001h0RR910AVh4cys}o2LJ*"
    "9K}7=&08mQ>1^@s60096206qW!0DAxc0000"
)
"""Locked with `LETTERS`, in UTF-8."""
AES_OLD_SPELLING = b85decode(
    "P)h>@6aWDLV*mgEVO;<K002Ay0015U000F53jkp*ba-?DnFjy@06|3q2mqI=e5-"
    "()2JDZ68gDMLtiDB+k3}1G_X6$lp?q})5_v=*0Jp_d*&0`Q{213T$V=P4B3~jDZxUe>?3++a0Rj{Q6aWDLV*mgEVO;<K002Ay0015U000F53jhEB"
    "00000004ji00000VJ>udbOD(M00IC(MFR)`P)h{{000000RRC2J^%m!Y5)KL000"
)
"""Locked with `LETTERS`, in Windows-1252."""
MIXED = b85decode(
    "P)h>@6aWDLV*mgEVO;<K002Ay0015U000aC3jlLvV{&D5FJUfpcys}o2LJ*9K}7=y0Ak}01Il@BilOHH7|4W=0nd2uyutxX+13l_8P|8NwT$wIQf"
    "?XE)!CLg^9}*7sRxV#iodFG&a1y2=}=1p1QY-"
    "P0Am0E0AXDK0002k0{{S|1pojE01E(YWnpt=E^uUK0htE?0suip0|)>M*Tkf0(AxWcb7w+#3xe|&cW^D1U=NQr2&EclFA6x#l*d-"
    "b%z^&ZhfGH20MmSQ%hTn^UloS~{DUgKCA=-"
    "63F$A$aFr_xen}oE>{plLn%;5_)o<{X|96_cim<fu)8N4pS<B9{s4>uBTW=l}Q=T`(b7L#ygDAW*9QpqlM!#bnki*yKqE~9>g8QUnUex8Ud4T1Bp"
    "O4OAjY<NgLWyXxS8iKBxvzV8gc?=3XhKF9X1VHczR;Q$Cb8h|9AF8bQb9y?Q%CLb`byRs`ZK-"
    "Dj-~UmHW9?7$>;)W*~^S2<lQuP3=cA0+uT<InFww*iq-mAwCc<*Yw1zBH*+~jxy;Vr4&=SLO*^`7Fzw-*I4K-=1J_EU-"
    "(i_~k5s;aN@@u6UuhacPh>aAkTm$jE1tEA2*)gx8+!+Kbh5a=4VOH=L3s1-hT5?dDL3dGaW%TpYpdkA@(mXLA`b^O3sK+k-"
    "tp)nm|_+#n=&sCf9S`hhH!gG7r?r7{7;WfA)O6#n5iT#bE_P&sd%x%|I-"
    "wt^@(#THSDy{2lRnkUarbRud|K+!VHTqBfd7c(OE59sJ+3<8aM%jLy<AEex49<SnEix%l086!xEYmB2%`=SWNDaHPdx)6F-"
    "?7zQT?RNNG_X)|Wbmw!4!Ji8xD_HKaYtsNK=sS7o)6o~aP?)DlChuO&>-lL2MQ-"
    ">qhBi}GEOCOarYs7s7uB%tx9abXi5*D{@9C=ccV1rLUX>DyIRwiWpv-dr#NjWij(ld19gw7$#|32w&>*CmegL-"
    "s50I(x`=qQ?N*1o3LIvjl+B!e+RARtp>8%Kr|In)NOfat5(|$#K3FoOb~{`{KD+=Qft|DC0e4#R5VALQ9gNXw<oXw;YPZDhc<VVHEzr^BJdGxj;c"
    "&9n`z)dKv2&NgXK4!}dEvU7U4WNj$GufkKlW@*`oW(qt%#Hklvx*fx=Sr+nL%FqT=W!av+<B8EsQP9jSZ{Zkw8%ZZSY`Wm2Q_(#l5f{cSWCPZZ8h"
    "`W#R<dgQJPrxHt2$xWeMZ=UdTppfRe>!+ZZbrH?fL%T|3-"
    "f|}GtyLIyz*Y2mJmR2q(W!ET0W{5w^etue@}GeZDj4C$zw_yh?ebnOY^<qq2n#XMP+_3bqY;$qEXN1QQzZdX1Z!;Qv~fd0KXS(c_&|%3<#0<8L;{"
    "JeZIBZ<Nr~ku3+i8<6gDh)JO)_k_asE#kNK7?yh7iLCyW1)Nv}^`I2uwDUilR3b$=^QSlAU3H+tBX=z+hQ_vWcos9_({4|76O9KQH000000001CT"
    "@ky71Q!4R02crN00{s90B~$!X>Klbcyv%~b!~GXVRB_4X>K5NXk{Q_baZKBE>KGW0u%!j0097F0001CT>t<806YKy03HAU01N;N00000000000Du"
    "7i0001UWn*$>bT45pba-?DnFjy@06|3q2mnw^0Rj{Q6aWDLV*mgEVO;<K007tn005)~000R93jhEB00000004jiaR2}SY-"
    "M3{WiD`JW&xQ800IC(MFR)`P)h*<6ay3h00000003cK5xa*37XSbN7XSbN2><{90000000000fB}01003}oVQFqIba-"
    "@7O9ci10000300RKN0002F1ONa400"
)
"""plain.txt is not locked, lease.pdf has a lock of its own as well, which `OWN_PASSWORD` opens."""
NESTED = b85decode(
    "P)h>@6aWDLV*mgEVO;<K005u>006uI000R93jk?uZe?;VdTDS0nFjy@06|3q2mnPR)N>m1iL}6NrdFDeNQ=PTEOE-6+<H^sZ2d-"
    "9Oc|Shzp}gptqYQ|Em57>I5M|6^b(-mK}@3eTZ#rUmd*^8khaJG{{_Amgh3q?c~n5V1J>9Cn`u-|%rPi?(Q&JYk0>C7!96WK@l2M7BcOpnr(Td-_"
    "K;EWB~=#61AFqvAQ`3|XzfhOfe>r0Wd9h>uVUubn<T>J@6%EWj}}l%0Rj{Q6aWDLV*mgEVO;<K005u>006uI000R93jhEB00000004ji00000X>M"
    "+1axQvlZ~>VI00IC(MFR)`P)h{{000000RRC2LI3~&(f|Me000"
)
"""inner.zip is locked with `OWN_PASSWORD`, and deep.txt is in it."""
ZIPCRYPTO = b85decode(
    "P)h>@3IGWJ000M0cU=Q&N`oo@0015U000F58~|Z1ba-@CR0#kB-3tV3-3tV3b$AN^0R#X5000C400013ZE)eBixWrWt{4m1PTe-"
    "*C^i%3pP|7sx!I@u7amsJnUY%MF;4O3olr{$2m@+LgDL<303HAU08mQ-0v-bj00{s900&NYT?1-"
    "LgDL<303HAU00jUT00000009610HlEc0001CE_8TwRa6B41KkS*Yjt=F009I50000400000P)h{{000000RRC2O8@`>c>n+a000"
)
ZIPCRYPTO_STREAMED = b85decode(
    "P)h>@6aWbT2ml98cU=Gg2TlM00015U000F58~|Z1ba-@CR0#kB-3tV3-"
    "3tV3b$AN^0R#X5000C40000gh~lP+Zxe9AwC=&d#fOAOSarPpOyFp+l<g=)kEWyJD#~pSm0?*sjOBk&O9u!8YD$AF0000U0000`O928N0~7!W00;"
    "mFPIp}cYD$AF0000U0000502lxO000010001_fdBvi0AVh4cyv`%1poux3j}L*cnbgl1ONa400aO4002-+1qJ{B000310RT$?004Uc00000"
)
"""Its header has no sum."""

"""Names and addresses in scripts that have no capital letters: Chinese, Japanese and Korean.

The family names are the most frequent of each country (Chinese and Korean censuses, a Japanese register of seals),
as written there; the Chinese and Korean ones stand before the given name, without a blank.
"""

from __future__ import annotations

import re

from shared.pipeline.profile.words import word_set

_CHINESE = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭葉蘇呂盧鐘譚陸賈韋鄒錢嚴龍賀顧龔萬湯"
)
_KOREAN = frozenset(
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진나지엄변채원천방공현함"
)
_JAPANESE = word_set(
    """
    佐藤 鈴木 高橋 田中 伊藤 渡辺 渡邊 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 斎藤 斉藤
    清水 山崎 池田 橋本 阿部 石川 山下 中島 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 坂本
    福田 太田 西村 藤井 金子 岡本 藤原 中野 三浦 原田 中川 松田 竹内 小野 田村 中山 和田 石田 森田 上田
    柴田 酒井 工藤 横山 宮崎 宮本 内田 高木 安藤 谷口 大野 丸山 今井 高田 藤本 武田 村田 上野 杉山 増田
    平野 大塚 千葉 久保 松井 小島 岩崎 桜井 野口 松尾 野村 木下 菊地 佐野 大西 杉本 新井 浜田 菅原 市川
    水野 小松 島田 古川
    """
)
_HAN_OR_KANA = re.compile(r"[\u3005\u3040-\u30ff\u4e00-\u9fff]{2,8}")
_HANGUL = re.compile(r"[\uac00-\ud7a3]{2,4}")
#: Hebrew and Arabic, the scripts of India, Thai and Lao, Chinese and Japanese, Korean.
_WITHOUT_CASE = re.compile(
    r"[\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u3005\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3 ]{1,30}"
)
_STREET = re.compile(r"[路街巷弄衚衕町区區号號]|大道|丁目|番地|[로길동] ?[0-9]")


def is_eastern_name(text: str) -> bool:
    """A frequent Chinese, Korean or Japanese family name and what may be a given name behind it."""
    if text.isascii() or not 2 <= len(text) <= 9:
        return False
    plain = text.replace(" ", "").replace("\u3000", "")
    if _HANGUL.fullmatch(plain):
        return plain[0] in _KOREAN
    if not _HAN_OR_KANA.fullmatch(plain):
        return False
    chinese = len(plain) <= 4 and plain[0] in _CHINESE
    return chinese or any(plain[:length] in _JAPANESE and length < len(plain) for length in (2, 3))


def is_caseless_word(text: str) -> bool:
    """A short text of letters in a script without capital letters; evidence for nothing but a question."""
    return not text.isascii() and _WITHOUT_CASE.fullmatch(text) is not None


def is_eastern_address(text: str) -> bool:
    """A text with a Chinese, Japanese or Korean word for a street or a quarter; evidence only next to a name."""
    return not text.isascii() and 3 < len(text) < 80 and _STREET.search(text) is not None

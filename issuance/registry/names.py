"""Common names of several languages, for synthetic citizens: plain facts, written down for this project.

A name in another script than Latin carries the Latin form that its registry holds: "Αθηνά=Athina".
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is written, and the registry's Latin form of it (None where it is Latin already)."""

    written: str
    latin: str | None = None


@dataclass(frozen=True, slots=True)
class Language:
    """The names of one language, written in one script."""

    script: str
    women: tuple[Name, ...]
    men: tuple[Name, ...]
    families_of_women: tuple[Name, ...]
    families_of_men: tuple[Name, ...]


def _names(text: str) -> tuple[Name, ...]:
    parts = (part.strip().partition("=") for part in text.split(","))
    return tuple(Name(written, latin or None) for written, _, latin in parts)


def _language(script: str, women: str, men: str, families_of_women: str, families_of_men: str = "") -> Language:
    of_women = _names(families_of_women)
    of_men = _names(families_of_men) if families_of_men else of_women
    return Language(script, _names(women), _names(men), of_women, of_men)


LANGUAGES: tuple[Language, ...] = (
    _language(
        "latin",
        "Charlotte, Grace, Emily, Hannah, Alice, Mary Ann",
        "Oliver, George, Thomas, James, Henry, John Paul",
        "Smith, Taylor, O'Brien, Walker, Clarke, Hughes-Jones, MacDonald, Wright",
    ),
    _language(
        "latin",
        "Käthe, Bärbel, Brünhild, Anna-Lena, Sophie, Grete",
        "Jürgen, Günther, Björn, Karl-Heinz, Lukas, Matthäus",
        "Müller, Schäfer, Groß, Weiß, Köhler, von der Heide, Böhm, Jäger",
    ),
    _language(
        "latin",
        "Chloé, Zoé, Anaïs, Hélène, Marie-Claire, Agnès",
        "François, Jérôme, Noël, Jean-Luc, Rémi, Loïc",
        "Lefèvre, Bélanger, Garçon, d'Aubigné, Dupré, Moreau, Le Goff, Maël",
    ),
    _language(
        "latin",
        "María José, Begoña, Inés, Lucía, Conceição, Mônica",
        "José, Íñigo, Ángel, Martín, João, Gonçalo",
        "Muñoz, García Márquez, Núñez, Ibáñez, Gonçalves, Simões, Peña, Araújo",
    ),
    _language(
        "latin",
        "Małgorzata, Łucja, Zofia, Agnieszka, Świętosława, Wanda",
        "Łukasz, Stanisław, Michał, Paweł, Grzegorz, Kazimierz",
        "Wiśniewska, Kowalska, Dąbrowska, Wójcik, Zając, Źrebiec",
        "Wiśniewski, Kowalski, Dąbrowski, Wójcik, Zając, Źrebiec",
    ),
    _language(
        "latin",
        "Kateřina, Zdeňka, Božena, Růžena, Ľubica, Žaneta",
        "Jiří, Ondřej, Tomáš, Matěj, Ľuboš, Štěpán",
        "Nováková, Dvořáková, Procházková, Říhová, Šťastná, Kučerová",
        "Novák, Dvořák, Procházka, Říha, Šťastný, Kučera",
    ),
    _language(
        "latin",
        "Zsófia, Ágnes, Katalin, Enikő, Tünde, Ildikó",
        "László, György, Győző, Ödön, Sándor, Béla",
        "Szőke, Kovács, Tóth, Nagy, Fűzi, Vörös, Erdős, Kőműves",
    ),
    _language(
        "latin",
        "Ayşe, Gülşen, Çiğdem, Şebnem, Işıl, Özlem",
        "Çağlar, İbrahim, Oğuz, Ümit, Şükrü, Yiğit",
        "Yılmaz, Öztürk, Şahin, Çelik, Doğan, Işık, Güneş, Kılıç",
    ),
    _language(
        "latin",
        "Guðrún, Þórdís, Sæunn, Åse, Maj-Britt, Bjørg",
        "Þorsteinn, Ægir, Håkon, Søren, Örjan, Sigurður",
        "Sørensen, Åkesson, Bjørnstad, Ångström, Sjöberg, Ødegård, Lindqvist, Hallgrímsdóttir",
        "Sørensen, Åkesson, Bjørnstad, Ångström, Sjöberg, Ødegård, Lindqvist, Hallgrímsson",
    ),
    _language(
        "latin",
        "Ștefania, Ioana, Mădălina, Anișoara",
        "Ștefan, Răzvan, Mihăiță, Ionuț",
        "Popescu, Țurcanu, Brânză, Ionescu, Știrbei",
    ),
    _language(
        "latin",
        "Željka, Đurđica, Maja, Snježana",
        "Željko, Đuro, Luka, Krešimir",
        "Kovačić, Šarić, Đukić, Babić, Žižić",
    ),
    _language(
        "latin",
        "Līga, Žaneta, Ieva, Dzidra",
        "Jānis, Ģirts, Kārlis, Pēteris",
        "Bērziņa, Kalniņa, Ozoliņa, Šmite",
        "Bērziņš, Kalniņš, Ozoliņš, Šmits",
    ),
    _language(
        "latin",
        "Õnne, Küllike, Aino, Päivi",
        "Tõnu, Ülo, Väino, Jüri",
        "Põld, Mägi, Hämäläinen, Kõiv, Väisänen",
    ),
    _language(
        "latin",
        "Sinéad, Niamh, Órla, Gráinne",
        "Séamus, Pádraig, Cillian, Ruairí",
        "Ó Súilleabháin, Ní Dhomhnaill, Mac Cárthaigh, Breathnach",
        "Ó Súilleabháin, Ó Domhnaill, Mac Cárthaigh, Breathnach",
    ),
    _language(
        "latin",
        "Ċetta, Ġorġa, Marija, Ġuża",
        "Ġużeppi, Żeppi, Ġanni, Karmnu",
        "Abdilla, Żammit, Għaxaq, Borġ, Cassar",
    ),
    _language(
        "latin",
        "Thị Hồng, Ngọc Ánh, Bích Thủy, Mỹ Linh",
        "Văn Đức, Quốc Bảo, Minh Tuấn, Hữu Phước",
        "Nguyễn, Trần, Phạm, Đặng, Vũ",
    ),
    _language(
        "greek",
        "Αθηνά=Athina, Ελένη=Eleni, Αικατερίνη=Aikaterini, Χρυσούλα=Chrysoula, Ευγενία=Evgenia, Ζωή=Zoi",
        "Γεώργιος=Georgios, Ιωάννης=Ioannis, Χρήστος=Christos, Αθανάσιος=Athanasios, Ευάγγελος=Evangelos, Ηλίας=Ilias",
        "Παπαδοπούλου=Papadopoulou, Γεωργίου=Georgiou, Οικονόμου=Oikonomou, Αγγελοπούλου=Angelopoulou, "
        "Ξενάκη=Xenaki, Ψαρρά=Psarra",
        "Παπαδόπουλος=Papadopoulos, Γεωργίου=Georgiou, Οικονόμου=Oikonomou, Αγγελόπουλος=Angelopoulos, "
        "Ξενάκης=Xenakis, Ψαρράς=Psarras",
    ),
    _language(
        "cyrillic",
        "Оксана=Oksana, Юлія=Yuliia, Ганна=Hanna, Людмила=Liudmyla, Євгенія=Yevheniia, Соломія=Solomiia",
        "Андрій=Andrii, Олексій=Oleksii, Ігор=Ihor, Сергій=Serhii, Ярослав=Yaroslav, Дмитро=Dmytro",
        "Шевченко=Shevchenko, Коваленко=Kovalenko, Зеленська=Zelenska, Щербак=Shcherbak, "
        "Їжакевич=Yizhakevych, Гнатюк=Hnatiuk",
        "Шевченко=Shevchenko, Коваленко=Kovalenko, Зеленський=Zelenskyi, Щербак=Shcherbak, "
        "Їжакевич=Yizhakevych, Гнатюк=Hnatiuk",
    ),
    _language(
        "cyrillic",
        "Мария=Maria, Елена=Elena, Цветелина=Tsvetelina, Йорданка=Yordanka, Силвия=Silvia, Гергана=Gergana",
        "Георги=Georgi, Димитър=Dimitar, Йордан=Yordan, Христо=Hristo, Стоян=Stoyan, Живко=Zhivko",
        "Иванова=Ivanova, Петрова=Petrova, Желязкова=Zhelyazkova, Цветанова=Tsvetanova, Щерева=Shtereva",
        "Иванов=Ivanov, Петров=Petrov, Желязков=Zhelyazkov, Цветанов=Tsvetanov, Щерев=Shterev",
    ),
    _language(
        "cyrillic",
        "Јелена=Jelena, Љиљана=Ljiljana, Снежана=Snežana, Ђурђица=Đurđica, Милица=Milica, Његослава=Njegoslava",
        "Душан=Dušan, Ђорђе=Đorđe, Живојин=Živojin, Љубомир=Ljubomir, Његош=Njegoš, Милош=Miloš",
        "Јовановић=Jovanović, Ђокић=Đokić, Николић=Nikolić, Шарић=Šarić, Џајић=Džajić, Његован=Njegovan",
    ),
    _language(
        "georgian",
        "ნინო=Nino, თამარ=Tamar, ქეთევან=Ketevan, მანანა=Manana, ეთერ=Eter, ხათუნა=Khatuna",
        "გიორგი=Giorgi, დავით=Davit, ზურაბ=Zurab, ლევან=Levan, შოთა=Shota, ჯაბა=Jaba",
        "ბერიძე=Beridze, კაპანაძე=Kapanadze, გელაშვილი=Gelashvili, ჟვანია=Zhvania, წერეთელი=Tsereteli, "
        "ჭავჭავაძე=Chavchavadze",
    ),
    _language(
        "armenian",
        "Անահիտ=Anahit, Նարինե=Narine, Գայանե=Gayane, Հասմիկ=Hasmik, Լուսինե=Lusine, Շուշան=Shushan",
        "Արամ=Aram, Տիգրան=Tigran, Հովհաննես=Hovhannes, Գևորգ=Gevorg, Վարդան=Vardan, Մկրտիչ=Mkrtich",
        "Սարգսյան=Sargsyan, Հարությունյան=Harutyunyan, Գրիգորյան=Grigoryan, Պետրոսյան=Petrosyan, "
        "Խաչատրյան=Khachatryan, Ղազարյան=Ghazaryan",
    ),
    _language(
        "hebrew",
        "שרה=Sara, רבקה=Rivka, נועה=Noa, תמר=Tamar, יעל=Yael, אסתר=Ester",
        "דוד=David, משה=Moshe, יוסף=Yosef, אריאל=Ariel, יצחק=Yitzhak, נתן=Natan",
        "כהן=Cohen, לוי=Levi, מזרחי=Mizrahi, פרץ=Peretz, ביטון=Biton, בן-דוד=Ben-David",
    ),
    _language(
        "arabic",
        "فاطمة=Fatima, عائشة=Aisha, خديجة=Khadija, ليلى=Layla, زينب=Zaynab, نور الهدى=Nour Elhouda",
        "محمد=Mohammed, أحمد=Ahmad, عبد الله=Abdullah, يوسف=Yousef, إبراهيم=Ibrahim, خالد=Khalid",
        "الحسن=Alhasan, المصري=Almasri, حداد=Haddad, بن علي=Ben Ali, الخطيب=Alkhatib, منصور=Mansour",
    ),
)

SCRIPTS: tuple[str, ...] = tuple(dict.fromkeys(language.script for language in LANGUAGES))
BY_SCRIPT: dict[str, tuple[Language, ...]] = {
    script: tuple(language for language in LANGUAGES if language.script == script) for script in SCRIPTS
}

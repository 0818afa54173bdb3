"""Words of a few subjects in several languages: sex, religion, origin, illness, companies. Folded to ASCII."""

from __future__ import annotations

from shared.pipeline.profile.words import word_set

GENDER_WORDS = word_set(
    """
    male female man woman men women boy girl nonbinary non-binary transgender diverse unspecified
    maennlich mannlich weiblich divers homme femme masculin feminin hombre mujer masculino femenino feminino varon
    uomo donna maschio femmina maschile femminile vrouw manlijk vrouwelijk mezczyzna kobieta mulher homem kvinna kvinne
    mies nainen
    """
)
GENDER_LETTERS = word_set("m f")
#: Letters for sexes in other languages (weiblich, vrouw, kobieta, hombre, nainen), evidence beside a name only.
GENDER_CODES = word_set("m f w v k h d x u n o t 0 1 2 9")

RELIGION_WORDS = word_set(
    """
    catholic protestant christian muslim islam jewish judaism hindu hinduism buddhist buddhism sikh sikhism orthodox
    atheist agnostic mormon lutheran baptist methodist anglican evangelical presbyterian pentecostal adventist quaker
    sunni shia bahai jain taoist shinto pagan unitarian
    katholisch evangelisch muslimisch judisch buddhistisch hinduistisch konfessionslos orthodoxe catholique protestante
    musulman juif juive bouddhiste catolico catolica musulmano judio judia budista cattolico cattolica ebreo ebraica
    katholiek protestants joods hervormd gereformeerd katolik prawoslawny islamisch christlich
    """
)
ETHNICITY_WORDS = word_set(
    """
    caucasian hispanic latino latina latinx african-american african asian hawaiian islander inuit indigenous aboriginal
    maori multiracial biracial mestizo roma romani sami arab caribbean kurdish slavic mixed white black
    """
)
#: Of the words above, those that also are colours or kinds of anything: no evidence alone.
COMMON_ETHNICITY_WORDS = word_set("white black mixed african asian arab caribbean roma")

#: Endings of medical words of Greek origin, the same in most European languages.
HEALTH_ENDINGS = (
    "itis", "itide", "emia", "aemia", "emie", "osis", "ose", "pathy", "pathie", "patia", "algia", "algie", "plegia",
    "penia", "ectomy", "ektomie", "sclerosis", "noma", "rrhea",
)  # fmt: skip
HEALTH_WORDS = word_set(
    """
    diabetes asthma asma asthme hypertension hypertonie hipertension hipertensao ipertensione cancer krebs tumor tumour
    leukemia leukaemia depression depresion depressao depressie migraine migrane migrana emicrania epilepsy epilepsie
    epilepsia hiv aids hepatitis stroke schlaganfall obesity adipositas obesidad influenza grippe gripe pneumonia covid
    covid-19 tuberculosis malaria anxiety schizophrenia dementia demenz alzheimer parkinson autism adhd bipolar insomnia
    fracture allergy allergie alergia eczema psoriasis copd angina infarction herzinfarkt glaucoma gout hernia
    insulin metformin aspirin ibuprofen amoxicillin penicillin lisinopril atorvastatin
    """
)

COMPANY_WORDS = word_set(
    """
    inc incorporated corp corporation co company ltd limited llc llp plc group holding holdings partners associates
    sons industries enterprises international solutions systems technologies services bank foundation university
    gmbh ag kg ohg ug mbh ev gbr se sa sas sarl eurl scop sl slu srl spa snc bv nv vof cv ab hb as asa oy oyj aps
    sp zoo lda ltda eireli filhos hnos hermanos figli fils freres cie gruppe soehne s.a s.l s.r.l s.p.a b.v n.v s.a.s
    """
)

#: Words for a street, before or after its name.
STREET_WORDS = word_set(
    """
    street st avenue ave road rd boulevard blvd lane ln drive dr court ct square sq way place pl terrace highway hwy
    parkway pkwy close crescent row grove hill gardens mews walk drives trail circle loop apt suite unit
    rue chemin allee impasse quai cours route place boulevard avenue
    calle avenida avda plaza paseo camino carretera ronda travesia urbanizacion
    via viale piazza corso vicolo strada largo contrada borgo
    strasse str weg platz gasse allee ring ufer damm
    straat laan plein gracht kade dreef singel steeg
    ulica ul aleja al plac pl osiedle os
    rua r av travessa praca largo estrada rodovia alameda quinta lugar trecho
    gatan vagen gata vag torget grand vei veien gate gaten alle tie katu kuja polku
    """
)
STREET_ENDINGS = (
    "strasse", "str", "weg", "platz", "gasse", "allee", "ring", "ufer", "damm", "straat", "laan", "plein", "gracht",
    "kade", "dreef", "singel", "steeg", "dijk", "hof", "pad", "gatan", "vagen", "gata", "vag", "torget", "grand",
    "stigen", "vei", "veien", "gate", "gaten", "alleen", "katu", "tie", "kuja", "polku", "vej", "gade",
)  # fmt: skip

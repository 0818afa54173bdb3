"""What columns are called: concept -> phrases in English, German, French, Spanish, Italian, Dutch, Portuguese, Polish
and the Nordic languages, folded to ASCII, words apart; a phrase is also known written in one word.
"""

from __future__ import annotations

#: Phrases end at a comma.
PHRASES: dict[str, str] = {
    "person_name": """
        full name, person name, complete name, display name, legal name, contact name, cardholder name, cardholder,
        card holder, name on card, account holder, beneficiary name, signatory, signer name, next of kin, emergency
        contact, fullname, full nm, salesperson, sales rep, attending physician, physician name, first and last name,
        vollstandiger name, karteninhaber, kontoinhaber, ansprechpartner, sachbearbeiter, vor und nachname, nom
        complet, nom prenom, nom et prenom, titulaire, nombre completo, nombre y apellidos, titular, nome completo,
        nome e cognome, intestatario, titolare, titular cartao, volledige naam, naam klant, contactpersoon,
        rekeninghouder, kaarthouder, imie i nazwisko, imie nazwisko, posiadacz, osoba kontaktowa, fullstandigt namn,
        fullt namn, kontaktperson, kortinnehavare, kontaktnavn, fullt navn, koko nimi,
        customername, clientname, patientname, employeename, membername, ownername, guestname, studentname, holdername
    """,
    "given_name": """
        first name, firstname, first nm, fname, given name, given nm, givenname, forename, middle name, mname,
        preferred name, nick name, nickname, vorname, vornamen, rufname, prenom, prenoms, nombre de pila, primer
        nombre, nome proprio, primeiro nome, nome di battesimo, voornaam, voornamen, roepnaam, imie, imiona, pierwsze
        imie, drugie imie, fornamn, tilltalsnamn, fornavn, etunimi,
        middle initial
    """,
    "family_name": """
        last name, lastname, last nm, lname, family name, family nm, surname, sur name, maiden name, nachname,
        familienname, zuname, geburtsname, nom de famille, nom de naissance, apellido, apellidos, primer apellido,
        segundo apellido, cognome, apelido, sobrenome, ultimo nome, achternaam, familienaam, meisjesnaam, nazwisko,
        nazwisko rodowe, efternamn, etternavn, efternavn, sukunimi
    """,
    "name": "name, names, nm, nom, nombre, nome, naam, nazwa, imie nazwisko, namn, navn, nimi",
    "person": """
        customer, client, employee, patient, person, contact, student, pupil, teacher, driver, passenger, author,
        member, guest, doctor, physician, manager, cardholder, beneficiary, payee, staff, recipient, player,
        applicant, buyer, candidate, worker, nurse, parent, spouse, victim, cust, emp, insured, policyholder,
        attendee, tenant, subscriber, borrower, voter, citizen, resident, traveler, traveller, rider, user, owner,
        holder, sender, seller, signer, assignee, reporter, requester, caller, assigned agent, agent, participant,
        subject, donor, witness, defendant, kunde, kunden, kundin, mitarbeiter, mitarbeiterin, patientin, schuler,
        fahrer, fahrgast, mitglied, mieter, versicherter, empfanger, absender, bewerber, arzt, besteller, vermieter,
        lehrer, cliente, clientes, clients, salarie, employe, adherent, passager, eleve, etudiant, medecin, locataire,
        conducteur, destinataire, expediteur, assure, demandeur, abonne, proprietaire, empleado, empleada, paciente,
        pasajero, alumno, alumna, estudiante, socio, conductor, medico, inquilino, asegurado, destinatario, remitente,
        usuario, propietario, titular, dipendente, paziente, passeggero, studente, alunno, conducente, inquilino,
        mittente, assicurato, utente, medico, klant, klanten, medewerker, werknemer, leerling, bestuurder, huurder,
        verzekerde, ontvanger, afzender, klient, klienta, pracownik, pracownika, pacjent, pacjenta, uczen, kierowca,
        najemca, odbiorca, nadawca, lekarz, pasazer, ubezpieczony, funcionario, colaborador, aluno, passageiro,
        motorista, segurado, remetente, utilizador, inquilina, kund, medarbetare, anstalld, patienten, elev, forare,
        passagerare, medlem, mottagare, ansatt, medarbejder, sjafor, mottaker, asiakas, potilas, tyontekija
    """,
    "other_name": """
        product name, product nm, item name, company name, company, file name, filename, host name, hostname, domain
        name, brand name, brand, event name, campaign name, project name, department name, store name, shop name, team
        name, school name, hospital name, bank name, table name, column name, database name, category name, plan name,
        model name, device name, device model, app name, package name, repo name, branch name, court name, vessel
        name, ship name, street name, region name, country name, business name, trade name, organization,
        organisation, organization name, vendor, vendor name, supplier, supplier name, manufacturer, merchant,
        merchant name, employer, queue name, produktname, artikelname, firma, firmenname, unternehmen, lieferant,
        hersteller, dateiname, projektname, filiale, marke, nom du produit, nom produit, societe, raison sociale,
        entreprise, fournisseur, fabricant, marque, nom du fichier, nom fichier, nombre producto, nombre del producto,
        nombre empresa, razon social, empresa, proveedor, fabricante, marca, nombre archivo, nome prodotto, nome
        azienda, ragione sociale, azienda, fornitore, produttore, marchio, nome file, nome produto, razao social,
        fornecedor, nome arquivo, nome ficheiro, productnaam, bedrijf, bedrijfsnaam, leverancier, fabrikant, merk,
        bestandsnaam, winkelnaam, nazwa produktu, nazwa firmy, dostawca, producent, marka, nazwa pliku, foretag,
        leverantor, produktnamn, tillverkare, varumarke, leverandor, produktnavn
    """,
    "email": """
        email, e mail, mail, email address, e mail address, mail address, email addr, mailaddress, correo, correo
        electronico, e mailadresse, mailadresse, email adresse, adresse mail, adresse email, adresse electronique,
        courriel, mel, direccion de correo, posta elettronica, indirizzo email, indirizzo mail, e mailadres,
        emailadres, adres email, adres e mail, poczta, correio, correio eletronico, endereco de email, epost, e post,
        epostadress, epostadresse, mejl, mejladress, sahkoposti, contact mail,
        eml, emailid, mailid
    """,
    "phone": """
        phone, telephone, phone number, phone no, mobile, mobile number, mobile phone, cell phone, cellphone, cell,
        cell number, tel, tel no, tel nr, tel number, telno, fax, fax number, msisdn, whatsapp, whatsapp number, ph,
        ph no, home phone, work phone, landline, contact number, telefon, telefonnummer, telefon nr, handy,
        handynummer, mobilnummer, mobiltelefon, rufnummer, festnetz, telephone portable, portable, numero de
        telephone, telefono, numero de telefono, telefono movil, movil, celular, cellulare, numero di telefono,
        telefoon, telefoonnummer, telefoonnr, mobiel, mobiele nummer, gsm, numer telefonu, nr telefonu, telefon
        komorkowy, komorka, telefone, telemovel, numero de telefone, telefon nummer, mobil, puhelin, puhelinnumero,
        telefax,
        contact number, contact phone
    """,
    "street_address": """
        address, addr, street, street address, street addr, address line, address line 1, addr line, addr line 1, home
        address, mailing address, postal address, shipping address, billing address, residence, residential address,
        house number, street 1, address1, address2, adresse, anschrift, strasse, strasse hausnummer, hausnummer, str
        nr, wohnadresse, lieferadresse, rechnungsadresse, wohnanschrift, rue, adresse postale, adresse de livraison,
        voie, direccion, domicilio, calle, direccion postal, direccion de envio, indirizzo, via, indirizzo di
        residenza, residenza, adres, straat, straatnaam, straat huisnr, straat huisnummer, huisnummer, straat en
        huisnummer, woonadres, adres zamieszkania, ulica, ulica i numer, adres korespondencyjny, morada, endereco,
        rua, logradouro, adress, gatuadress, gata, hemadress, bostadsadress, gateadresse, vejadresse, gate,
        katuosoite, osoite
    """,
    "city": """
        city, town, home town, hometown, municipality, locality, suburb, birth place, birthplace, place of birth, city
        name, stadt, ort, wohnort, ortschaft, gemeinde, geburtsort, ville, commune, localite, lieu de naissance, ville
        de residence, ciudad, localidad, municipio, poblacion, lugar de nacimiento, citta, comune, localita, luogo di
        nascita, stad, woonplaats, plaats, gemeente, geboorteplaats, miasto, miejscowosc, miejsce urodzenia, cidade,
        localidade, concelho, naturalidade, postort, fodelseort, poststed, kaupunki, postitoimipaikka
    """,
    "state": """
        state, province, county, state code, state province, us state, home state, prov, bundesland, kanton,
        departement, provincia, comunidad autonoma, regione di residenza, provincie, wojewodztwo, distrito, uf, lan,
        fylke, maakunta, estado de residencia
    """,
    "postal_code": """
        zip, zip code, zipcode, postal code, postcode, post code, post cd, postal cd, zip 5, zip4, zip plus 4, plz,
        postleitzahl, code postal, cp, codigo postal, cod postal, cap, codice postale, codice di avviamento postale,
        kod pocztowy, cep, postnr, postnummer, postinumero, postkod,
        pincode
    """,
    "country": """
        country, country code, country name, nation, land, pays, pais, paese, kraj, maa, staat, nazione
    """,
    "birth_date": """
        birth date, date of birth, birthdate, birthday, dob, birth dt, birth day, born, born on, date birth, bday, b
        day, geburtsdatum, geburtstag, geb datum, gebdat, geboren am, geb dat, date de naissance, date naissance,
        naissance, ne le, fecha de nacimiento, fecha nacimiento, fec nac, fecha nac, nacimiento, data di nascita, data
        nascita, nascita, geboortedatum, geb dat, data urodzenia, data ur, urodzony, urodzenia, data de nascimento,
        data nascimento, nascimento, dt nascimento, fodelsedatum, fodelsedag, fodselsdato, fodt, fodselsdag,
        syntymaaika, syntymapaiva,
        bdate
    """,
    "ssn": "ssn, social security number, social security no, social security, soc sec, soc sec no, us ssn, ss number",
    "national_id": """
        national id, national identifier, national id number, national identity, identity number, identity card, id
        card, id card number, government id, nino, ni number, national insurance number, national insurance no, nhs
        number, nhs no, citizen id, resident id, personal number, personal id number, personal code, aadhaar, curp,
        sin number, social insurance number, steuer id, steueridentifikationsnummer, steuer identifikationsnummer,
        idnr steuer, steuerid, personalausweisnummer, ausweisnummer, sozialversicherungsnummer, sv nummer, svnr, ahv
        nummer, ahv nr, numero de securite sociale, numero securite sociale, nir, num secu, insee, carte d identite,
        dni, nie, documento de identidad, documento identidad, nif, numero de identidad, codice fiscale, cod fiscale,
        cf, carta d identita, bsn, bsn nummer, burgerservicenummer, sofinummer, rijksregisternummer, pesel, nr pesel,
        numer pesel, nip osoby, dowod osobisty, numer dowodu, numero de contribuinte, contribuinte, cartao de cidadao,
        cpf, rg, personnummer, fodselsnummer, cpr, cpr nummer, henkilotunnus, hetu, rodne cislo,
        cnp, cod numeric personal, oib, egn, isikukood, asmens kodas, personas kods, emso, jmbg, amka, rnokpp, pps
        number, ppsn, kennitala, tc kimlik no, tckn, kimlik no, szemelyi szam, taj szam, jumin number
    """,
    "tax_id": """
        tax id, tax number, tin, taxpayer id, itin, tax identification number, steuernummer, numero fiscal, numero
        fiscale, identificacion fiscal, numer podatkowy
    """,
    "passport": """
        passport, passport number, passport no, passport nr, passport nbr, passport num, passportnumber, reisepass,
        reisepassnummer, passnummer, pass nr, pasnummer, numero de passeport, passeport, pasaporte, numero de
        pasaporte, passaporto, numero passaporto, paspoort, paspoortnummer, paszport, numer paszportu, nr paszportu,
        passaporte, numero do passaporte, pass nummer, passi, passin numero
    """,
    "driver_license": """
        driver license, drivers license, driver licence, drivers licence, driving licence, driving license, driver
        license number, drivers license number, driving licence number, driver license no, dl number, dl no, license
        no driver, licence no driver, fuhrerschein, fuhrerscheinnummer, fuehrerscheinnummer, permis de conduire,
        numero de permis, licencia de conducir, carnet de conducir, permiso de conducir, patente di guida, numero
        patente, rijbewijs, rijbewijsnummer, prawo jazdy, numer prawa jazdy, nr prawa jazdy, carta de conducao, cnh,
        carteira de motorista, korkort, korkortsnummer, forerkort, ajokortti
    """,
    "iban": "iban, iban code, iban number, iban nr",
    "bank_account": """
        bank account, bank account number, bank account no, account number, account no, account nr, account nbr, acct
        number, acct no, acct nbr, acct num, bank acct, accountnumber, bank acc no, kontonummer, konto nr, bankkonto,
        kontonr, bankverbindung, numero de compte, compte bancaire, rib, numero de cuenta, cuenta bancaria, num
        cuenta, numero conto, conto corrente, numero di conto, rekeningnummer, bankrekening, rekening nr, numer konta,
        nr konta, numer rachunku, rachunek bankowy, nr rachunku, numero da conta, conta bancaria, bankkontonummer,
        tilinumero
    """,
    "bank_routing": """
        routing number, routing no, routing, aba, aba number, aba routing, bank aba, rtn, routing transit number, sort
        code, sortcode, bankleitzahl, blz, bank code, code banque, codigo banco, bankcode,
        aba rtn, rtn, routing transit number
    """,
    "card_number": """
        card number, card no, card num, card nbr, credit card, credit card number, creditcard, creditcard number,
        debit card, debit card number, cc number, cc num, cc no, pan, primary account number, payment card,
        kartennummer, kreditkarte, kreditkartennummer, karte nr, numero de carte, carte bancaire, numero carte, carte
        bleue, numero de tarjeta, tarjeta, tarjeta de credito, numero carta, carta di credito, numero carta di
        credito, kaartnummer, creditcardnummer, numer karty, nr karty, karta kredytowa, numero do cartao, numero
        cartao, cartao de credito, kortnummer, kreditkort, korttinumero,
        ccn
    """,
    "card_expiry": """
        card expiry, card expiry date, card exp, card exp date, card expiration, cc exp, cc expiry, expiration date
        card, card expiration date, card valid thru, exp mm yy, expiry mm yy, karte gultig bis, gultig bis karte,
        ablauf karte, ablaufdatum karte, date expiration carte, expiration carte, caducidad tarjeta, vencimiento
        tarjeta, fecha caducidad tarjeta, scadenza carta, vervaldatum kaart, geldig tot kaart, data waznosci karty,
        waznosc karty, validade cartao, validade do cartao, giltig till kort
    """,
    "expiry": """
        expiry, expiry date, exp date, expiration, expiration date, exp, valid thru, valid until, valid to,
        ablaufdatum, gultig bis, date expiration, caducidad, vencimiento, scadenza, vervaldatum, data waznosci,
        validade
    """,
    "card_code": """
        cvv, cvc, cvv2, cvc2, cvv code, cvc code, csc, card security code, security code, card verification value,
        card verification code, card code, kartenprufnummer, prufziffer karte, cryptogramme, codigo seguridad, codigo
        de seguridad, codice di sicurezza, beveiligingscode, kod cvv, codigo de seguranca, cvv cartao, sakerhetskod,
        card verification, card verification value
    """,
    "ip": """
        ip, ip address, ip addr, ipv4, ipv6, client ip, remote ip, source ip, src ip, dst ip, destination ip, remote
        addr, ip adresse, adresse ip, direccion ip, indirizzo ip, ip adres, adres ip, endereco ip, ip origem, ip
        adress
    """,
    "mac": "mac, mac address, mac addr, hardware address, bssid, mac adresse, adresse mac, direccion mac, mac adres",
    "device": """
        device id, device identifier, device uuid, imei, imei number, meid, udid, idfa, idfv, gaid, aaid, advertising
        id, ad id, android id, device token, device serial, handset id, geratenummer, gerate id, geraete id,
        identifiant appareil, id dispositivo, id apparaat, toestel id, id urzadzenia
    """,
    "latitude": """
        latitude, lat, geo lat, gps lat, breitengrad, breite gps, latitud, latitudine, breedtegraad, szerokosc
        geograficzna, breddgrad
    """,
    "longitude": """
        longitude, lon, lng, geo lon, geo lng, gps lon, gps lng, langengrad, laengengrad, longitud, longitudine,
        lengtegraad, dlugosc geograficzna, langdgrad, gps, coordinates, geo, geolocation, lat long, lat lon,
        koordinaten,
        coord, coords, geo point, geopoint, lat lng, latlng, latlon
    """,
    "gender": """
        gender, sex, gender code, sex code, sex cd, gender cd, geschlecht, sexe, civilite, sexo, genero, sesso,
        geslacht, plec, kon, kjonn, sukupuoli, pronouns, gender identity, anrede, male, is male, female, is female,
        gndr
    """,
    "ethnicity": """
        ethnicity, ethnic group, ethnic origin, ethnic background, racial group, ethnie, origine ethnique, raza,
        etnia, origen etnico, origine etnica, etniciteit, afkomst, herkunft, pochodzenie etniczne, raca, cor raca,
        etnisk, etnicitet, nationality, citizenship, country of citizenship, nationalite, staatsangehorigkeit,
        nationalitat, nacionalidad, cittadinanza, nazionalita, nationaliteit, obywatelstwo, nacionalidade, nationalitet,
        caste
    """,
    "race": "race, race code",
    "religion": """
        religion, religious affiliation, faith, denomination, confession, konfession, religionszugehorigkeit,
        confesion, religione, religie, geloofsovertuiging, geloof, wyznanie, religia, religiao, trossamfund, uskonto,
        creed
    """,
    "health": """
        diagnosis, diagnoses, diagnosis text, diagnosis description, primary diagnosis, medical condition, health
        condition, chronic condition, symptoms, symptom, illness, disease, allergy, allergies, medication,
        medications, drug, drug name, prescription, blood type, blood group, disability, treatment, diagnose,
        krankheit, vorerkrankung, allergien, medikament, medikamente, blutgruppe, behinderung, behandlung, diagnostic,
        maladie, antecedents, traitement, medicament, groupe sanguin, handicap, diagnostico, enfermedad, alergias,
        medicacion, grupo sanguineo, tratamiento, diagnosi, malattia, allergie, farmaco, gruppo sanguigno, terapia,
        ziekte, aandoening, medicatie, bloedgroep, rozpoznanie, choroba, leki, alergie, grupa krwi, doenca,
        medicamentos, tratamento, tipo sanguineo, sjukdom, diagnos, medicin, sykdom,
        rx
    """,
    "medical_record": """
        mrn, medical record, medical record number, medical record no, patient mrn, chart number, chart no, hospital
        number, krankenaktennummer, fallnummer patient, patientennummer, numero de dossier medical, dossier patient,
        numero dossier patient, historia clinica, numero historia clinica, nhc, cartella clinica, numero cartella
        clinica, numero cartella, patientnummer dossier, dossiernummer patient, numer kartoteki, nr kartoteki,
        kartoteka, prontuario, numero do prontuario, processo clinico, journalnummer
    """,
    "icd10": """
        icd10, icd 10, icd, icd code, icd 10 code, icd10 code, diagnosis code, diag code, diag cd, primary diag code,
        primary diag cd, dx code, dx, dx cd, icd10 cm, diagnoseschlussel, diagnosecode, code cim10, cim10, cim 10,
        code diagnostic, cie10, cie 10, codigo diagnostico, codice diagnosi, kod icd10, kod rozpoznania, cid10, cid 10
    """,
    "npi": """
        npi, npi number, provider npi, rendering npi, billing npi, national provider identifier, referring npi
    """,
    "health_plan": """
        health plan id, health plan number, health plan member no, health plan member id, health plan, insurance
        member id, member id insurance, insurance id, insurance number, insurance policy number, subscriber id,
        beneficiary id, mbi, medicare id, medicare number, medicaid id, hicn, policy holder id,
        krankenversicherungsnummer, versichertennummer, versicherungsnummer, kvnr, numero assure, numero d assure,
        numero mutuelle, carte vitale, tarjeta sanitaria, numero de afiliado, tessera sanitaria, numero tessera
        sanitaria, polisnummer zorg, zorgverzekering, zorgpolisnummer, numer ubezpieczenia, cartao de saude, numero de
        utente, numero utente, carteirinha, ehic,
        insurance number, insurance policy number
    """,
    "admission": """
        admission date, admission dt, admit date, admit dt, admitted on, admitted at, hospital admission date,
        hospital admit dt, hospital admit date, discharge date, discharge dt, discharged on, discharged at, date of
        admission, date of discharge, date of death, death date, deceased date, aufnahmedatum, einweisungsdatum,
        entlassungsdatum, entlassdatum, date admission, date d admission, date hospitalisation, date de sortie
        hopital, fecha de ingreso, fecha ingreso hospital, fecha alta hospital, fecha de alta medica, data di
        ricovero, data ricovero, data dimissione, opnamedatum, ontslagdatum, data przyjecia, data wypisu, data de
        internamento, data internamento, data de alta, data internacao, inskrivningsdatum, utskrivningsdatum
    """,
    "url": """
        personal website, personal url, personal homepage, homepage, home page, homepage url, personal homepage url,
        website, web site, profile url, profile link, linkedin, linkedin url, twitter url, facebook url, github url,
        blog, blog url, webseite, profil url, site web, site personnel, pagina web, sitio web, sito web, profilo url,
        webpagina, persoonlijke website, strona www, strona internetowa, pagina pessoal, hemsida, hjemmeside
    """,
    "user_name": """
        user name, username, user login, login, login name, login nm, screen name, handle, twitter handle, user
        handle, account name, nick, usr name, logon, logon name, benutzername, benutzer name, anmeldename, nutzername,
        identifiant utilisateur, nom d utilisateur, nom utilisateur, pseudo, nombre de usuario, nombre usuario, nome
        utente, nome di utente, gebruikersnaam, inlognaam, nazwa uzytkownika, uzytkownik login, nome de usuario, nome
        de utilizador, nome usuario, anvandarnamn, brukernavn, brugernavn, kayttajanimi,
        uname
    """,
    "age": "age, alter, edad, eta, leeftijd, wiek, idade, alder, ika, age years",
    "work": """
        salary, wage, hire date, job title, position title, gehalt, einstellungsdatum, salaire, date embauche,
        salario, stipendio, salaris, functie, pensja, stanowisko, marital status, familienstand, education, sibsp,
        parch, survived
    """,
    "goods": """
        price, unit price, list price, sku, quantity, qty, stock, in stock, product id, product code, barcode, ean,
        upc, weight, color, colour, size, category, inventory, unit cost, preis, einzelpreis, menge, bestand,
        artikelnummer, gewicht, farbe, kategorie, lagerbestand, prix, prix unitaire, quantite, poids, couleur,
        categorie, precio, precio unitario, cantidad, existencias, peso, categoria, prezzo, quantita, giacenza,
        colore, prijs, stuksprijs, aantal, voorraad, kleur, cena, ilosc, stan magazynowy, waga, kategoria, preco,
        quantidade, estoque, pris, antal, lager, vikt, farg, hinta, maara, paino, version, release, build, rating,
        genre film, calories, horsepower, mpg
    """,
}

#: Words that say a column is about the thing (its number, state, kind, time), not the thing.
ABOUT = """
    type count cnt status flag valid verified validated opt optin optout sent opened clicks clicked bounced subject
    template campaign version provider carrier preference is has total calls made design rate rating avg average sum
    min max score brand model os plan price cost fee amount amt allowed method channel format length len hash required
    enabled active updated created modified time timestamp ts voltage speed volume battery tower domain bounce change
    changed typ art anzahl gultig gueltig statut tipo estado cantidad stato aantal soort geldig rodzaj liczba
    quantidade antal capacity limit balance usage minutes seconds year month week quarter pct percent share consent
    newsletter marketing prefix language lang
"""
#: What belongs to a business and not to a person.
BUSINESS = """
    company store shop branch supplier vendor warehouse depot office merchant venue restaurant hotel hospital school
    station airport port factory plant facility site distributor manufacturer bank clinic event image img picture
    photo product item page repo repository landing tracking artifact download api callback webhook feed sensor
    machine filiale firma lieferant lager standort werk laden geschaft magasin entrepot fournisseur societe agence
    usine tienda almacen proveedor empresa sucursal negozio magazzino fornitore azienda sede winkel filiaal magazijn
    leverancier bedrijf vestiging sklep magazyn dostawca zaklad loja armazem fornecedor fabrica butik leverantor
    foretag afbeelding bild imagen immagine imagem obraz zdjecie pack package
"""
#: Words of opaque names: they say that there is a value, not which.
GENERIC = """
    col column field attr attribute var variable val value data feature f x y z c v q k a b d e g h i j l m n o p r s
    t u w spalte feld champ campo colonna kolom pole coluna kolumn item param unnamed raw misc extra other text txt
    str string info tmp temp elem element
"""
